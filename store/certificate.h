// SPDX-License-Identifier: Apache-2.0
// An X.509 certificate as it is kept: its DER form, and what it is found by.
#pragma once

#include <openssl/evp.h>

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"

namespace sesam::store {

struct Certificate {
  Bytes der;
  Bytes subject;                   ///< the name, DER
  std::string key;                 ///< identity_of() its public key
  unsigned long subject_hash = 0;  ///< of names in canonical form: equal names have equal hashes
  unsigned long issuer_hash = 0;
  std::time_t not_before = 0, not_after = 0;

  bool is_valid_at(std::time_t when) const noexcept { return not_before <= when && when <= not_after; }
};

using Certificates = std::vector<Certificate>;

/// The certificates in a PEM text, in its order. What else is in it, private keys too, is not looked at;
/// certificates that OpenSSL cannot parse are skipped.
Certificates certificates_in(std::string_view pem);

/// Equal for equal public keys, however their certificates encode them. Empty for keys that the device cannot
/// have: neither EC nor RSA.
std::string identity_of(const EVP_PKEY* key);

}  // namespace sesam::store
