// SPDX-License-Identifier: Apache-2.0
// Key parameters that OpenSSL's own keys do not have: the device's names for the key, and how to open it
// again.
#pragma once

#include <openssl/core.h>

#include "base/result.h"

namespace sesam::keymgmt {

struct KeyData;

constexpr char kKeyIdParam[] = "sesam-key-id";  ///< text
constexpr char kNameParam[] = "sesam-name";     ///< text
constexpr char kUriParam[] = "sesam-uri";       ///< text
constexpr char kCoreParam[] = "sesam-core";     ///< number
/// OSSL_PKEY_PARAM_SECURITY_CATEGORY of OpenSSL 3.6: NIST's category of post-quantum security.
constexpr char kSecurityCategoryParam[] = "security-category";

/// Sets those of a key in the device; an imported public key has only the category, which is 0 for EC and RSA
/// keys. Raises bad_argument for one that does not fit.
Result<void> get_device_params(const KeyData& key, OSSL_PARAM params[]);

}  // namespace sesam::keymgmt
