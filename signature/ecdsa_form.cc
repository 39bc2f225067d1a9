// SPDX-License-Identifier: Apache-2.0
#include "signature/ecdsa_form.h"

#include <openssl/ecdsa.h>

#include "base/handles.h"

namespace sesam::signature {

Result<std::size_t> der_of_p1363(std::span<const unsigned char> p1363, std::span<unsigned char> out) {
  const auto half = static_cast<int>(p1363.size() / 2);
  Bignum r(BN_bin2bn(p1363.data(), half, nullptr));
  Bignum s(BN_bin2bn(p1363.data() + half, half, nullptr));
  const EcdsaSig signature(ECDSA_SIG_new());
  if (!r || !s || !signature) return Error{Reason::out_of_memory, {}};
  if (BN_is_zero(r.get()) || BN_is_zero(s.get())) return Error{Reason::bad_signature, "r or s is zero"};
  ECDSA_SIG_set0(signature.get(), r.release(), s.release());
  const int length = i2d_ECDSA_SIG(signature.get(), nullptr);
  if (length <= 0) return Error{Reason::internal, "a signature cannot be encoded"};
  if (static_cast<std::size_t>(length) > out.size()) return Error{Reason::buffer_too_small, "for a signature of " + std::to_string(length) + " bytes"};
  unsigned char* to = out.data();
  i2d_ECDSA_SIG(signature.get(), &to);
  return static_cast<std::size_t>(length);
}

}  // namespace sesam::signature
