// SPDX-License-Identifier: Apache-2.0
// Deletes a key of the device by its URI, for OSSL_STORE_delete(3) of OpenSSL 3.2 and later.
#pragma once

#include <openssl/core.h>

#include "base/result.h"

namespace sesam::store {

/// Finds the key that the URI names, and deletes it by its key_id, as `sesam delete` does. The PIN
/// is that of the URI or the configuration; with pin-source=ask:, `pin_callback` asks for it. Raises
/// bad_uri if the URI does not name a single, whole key, and what finding and deleting a key raises.
Result<void> delete_key(void* provctx, const char* uri, const OSSL_PARAM params[],
                        OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument);

}  // namespace sesam::store
