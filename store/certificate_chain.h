// SPDX-License-Identifier: Apache-2.0
// Finds the certificates that belong to a key: its own, and those of its issuers.
#pragma once

#include <openssl/evp.h>

#include <ctime>
#include <deque>
#include <span>

#include "base/hex.h"
#include "store/certificate.h"

namespace sesam::store {

/// Certificates in DER form, in the order in which a server sends them.
using CertificateList = std::deque<Bytes>;

/// The key's certificate and its chain, as far as `all` contains it. Of several certificates,
/// prefers valid ones, then the newest. Recognises an issuer by name, key identifier and signature.
CertificateList chain_of(const EVP_PKEY* key, const Certificates& all, std::time_t now);

/// Those with that subject (DER) among the key's certificates and the chain that chain_of() returns.
CertificateList chain_of_with_subject(const EVP_PKEY* key, std::span<const unsigned char> subject,
                                      const Certificates& all, std::time_t now);

/// All certificates with that subject (DER); all certificates if it is empty.
CertificateList with_subject(std::span<const unsigned char> subject, const Certificates& all);

}  // namespace sesam::store
