// SPDX-License-Identifier: Apache-2.0
// Key agreement as OpenSSL asks for it (provider-keyexch(7)): refused, with the key and the reason, where
// OpenSSL alone would say "operation not supported".
#pragma once

#include <openssl/core.h>

namespace sesam::keyexch {

/// For keys in the device only: what OpenSSL makes itself, as for TLS, it cannot hand to us, and so stays
/// with its own provider.
extern const OSSL_DISPATCH kEcdh[];

}  // namespace sesam::keyexch
