// SPDX-License-Identifier: Apache-2.0
#include "cli/signature_form.h"

#include "base/handles.h"

namespace sesam::cli {

Result<Bytes> p1363_of_der(const Bytes& der, std::size_t bytes) {
  const unsigned char* at = der.data();
  const EcdsaSig signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  const auto half = static_cast<int>(bytes / 2);
  Bytes plain(bytes);
  if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), plain.data(), half) != half ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), plain.data() + half, half) != half)
    return Error{Reason::bad_signature, "not an ECDSA signature"};
  return plain;
}

}  // namespace sesam::cli
