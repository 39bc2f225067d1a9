// SPDX-License-Identifier: Apache-2.0
// Reads PEM files that wrap a key URI (provider-decoder(7)): one decoder takes the PEM apart, one a key type
// opens the key.
#pragma once

#include <openssl/core.h>

namespace sesam::store {

extern const OSSL_DISPATCH kPemDecoder[];
extern const OSSL_DISPATCH kEcUriDecoder[];
extern const OSSL_DISPATCH kRsaUriDecoder[];

}  // namespace sesam::store
