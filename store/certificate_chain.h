// SPDX-License-Identifier: Apache-2.0
// Which certificates belong to a key: its own, and those of its issuers.
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

/// The key's certificate and its chain, as far as `all` has it. If the key has several, the one that is valid
/// and the newest. An issuer is recognised by its name, its key identifier and the signature.
CertificateList chain_of(const EVP_PKEY* key, const Certificates& all, std::time_t now);

/// Of the key's certificates and the chain of the one that chain_of() picks, those with that subject (DER).
CertificateList chain_of_with_subject(const EVP_PKEY* key, std::span<const unsigned char> subject,
                                      const Certificates& all, std::time_t now);

/// All with that subject (DER); all at all if it is empty.
CertificateList with_subject(std::span<const unsigned char> subject, const Certificates& all);

}  // namespace sesam::store
