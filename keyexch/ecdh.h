// SPDX-License-Identifier: Apache-2.0
// Key agreement for OpenSSL (provider-keyexch(7)): refused, with an error that names
// the key and the reason; OpenSSL alone would report "operation not supported".
#pragma once

#include <openssl/core.h>

namespace sesam::keyexch {

/// Only for keys in the device. OpenSSL cannot pass us the keys that
/// it makes itself, as for TLS; these stay with its own provider.
extern const OSSL_DISPATCH kEcdh[];

}  // namespace sesam::keyexch
