// SPDX-License-Identifier: Apache-2.0
// Deletes a key of the device by its URI, for OSSL_STORE_delete(3) of OpenSSL 3.2 and later.
#pragma once

#include <openssl/core.h>

#include "base/result.h"

namespace sesam::store {

/// Finds the one key that the URI names, and deletes that key_id, as `sesam delete` does. The PIN is that of
/// the URI or the configuration; if the URI says pin-source=ask:, `pin_callback` is asked. Raises bad_uri for
/// a URI that names no single key, or only a part of one; what finding and deleting a key raises.
Result<void> delete_key(void* provctx, const char* uri, const OSSL_PARAM params[],
                        OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument);

}  // namespace sesam::store
