// SPDX-License-Identifier: Apache-2.0
#include "ossl/ecdsa_signature.h"

#include "ossl/handles.h"

namespace sesam::ossl {

bool p1363_of_der(std::span<const unsigned char> der, std::span<unsigned char> out) {
  const unsigned char* end = der.data();
  const EcdsaSig signature(d2i_ECDSA_SIG(nullptr, &end, static_cast<long>(der.size())));
  if (!signature || end != der.data() + der.size()) return false;
  const auto half = static_cast<int>(out.size() / 2);
  return BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), half) == half &&
         BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + half, half) == half;
}

}  // namespace sesam::ossl
