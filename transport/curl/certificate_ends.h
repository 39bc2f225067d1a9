// SPDX-License-Identifier: Apache-2.0
// When the certificates of a connection expire.
#pragma once

#include <openssl/types.h>

#include <cstdint>

namespace sesam::transport::curl {

/// In seconds since 1970, UTC; 0: there is no certificate, or its date cannot be read.
struct CertificateEnds {
  std::int64_t device = 0;  ///< the earliest in the verified chain
  std::int64_t client = 0;
  bool is_of_chain = false;  ///< else only that of the device's own certificate: TLS resumed a session
};

CertificateEnds certificate_ends(const SSL* tls) noexcept;

}  // namespace sesam::transport::curl
