// SPDX-License-Identifier: Apache-2.0
// Encoders for keys in the device (provider-encoder(7)). Public keys
// without a private part are exported to OpenSSL's own encoders.
#pragma once

#include <openssl/core.h>

namespace sesam::store {

/// "openssl pkey -text": the names of the key and its public part.
extern const OSSL_DISPATCH kTextEncoder[];
/// "genpkey -out", "pkey -out", "ec -out": the PEM file that wraps the
/// key's URI, instead of the private key, which cannot be exported.
extern const OSSL_DISPATCH kPemEncoder[];
/// "pkey -outform DER", "pkcs12 -export": refuses with not_offered.
extern const OSSL_DISPATCH kDerEncoder[];

}  // namespace sesam::store
