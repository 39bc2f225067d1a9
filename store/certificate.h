// SPDX-License-Identifier: Apache-2.0
// An X.509 certificate as it is stored: its DER form, and the fields by which it is found.
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

/// The certificates in a PEM text, in order. Everything else in it, such as
/// private keys, is ignored, and so are certificates that OpenSSL cannot parse.
Certificates certificates_in(std::string_view pem);

/// A string that is equal for equal public keys, however their certificates encode
/// them. Empty if the key is neither EC nor RSA: the device has no such keys.
std::string identity_of(const EVP_PKEY* key);

}  // namespace sesam::store
