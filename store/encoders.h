// SPDX-License-Identifier: Apache-2.0
// What can be written of a key in the device (provider-encoder(7)). Public keys alone are exported to
// OpenSSL's own encoders.
#pragma once

#include <openssl/core.h>

namespace sesam::store {

/// "openssl pkey -text": the names of the key and its public part.
extern const OSSL_DISPATCH kTextEncoder[];
/// "genpkey -out", "pkey -out", "ec -out": the PEM file that wraps the key's URI, in place of the private key
/// that nobody gets.
extern const OSSL_DISPATCH kPemEncoder[];
/// "pkey -outform DER", "pkcs12 -export": refuses, and says why.
extern const OSSL_DISPATCH kDerEncoder[];

}  // namespace sesam::store
