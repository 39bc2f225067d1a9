// SPDX-License-Identifier: Apache-2.0
// "openssl pkey -text" on a key in the device (provider-encoder(7)).
#pragma once

#include <openssl/core.h>

namespace sesam::store {

/// Prints the names of the key and its public part. Public keys alone are exported to OpenSSL's own encoders, which need none of ours.
extern const OSSL_DISPATCH kTextEncoder[];

}  // namespace sesam::store
