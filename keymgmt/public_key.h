// SPDX-License-Identifier: Apache-2.0
// Public keys in this module's own library context.
#pragma once

#include <openssl/params.h>

#include "base/result.h"
#include "keymgmt/key_types.h"
#include "n200/key_record.h"
#include "ossl/handles.h"

namespace sesam::keymgmt {

/// The type of a device's key, by its word for it (n200.md: key_type). Raises unsupported_key.
Result<KeyType> type_of(const n200::KeyRecord& record);

/// The public key that the device tells of. OpenSSL checks that an EC point is on its curve. Raises
/// unsupported_key, bad_public_key.
Result<ossl::Pkey> public_key_of(const n200::KeyRecord& record, KeyType type);

/// A public key from OpenSSL's parameters for the type (EVP_PKEY_fromdata(3)), or with
/// EVP_PKEY_KEY_PARAMETERS a key that has domain parameters alone; private ones among them are left alone.
/// Null if they make none.
ossl::Pkey public_key_from(KeyType type, const OSSL_PARAM params[], int selection = EVP_PKEY_PUBLIC_KEY);
/// A key that has the domain parameters of `key` and nothing else; null for want of memory.
ossl::Pkey parameters_of(EVP_PKEY* key);

/// The length of a signature as the device gives it: EC r‖s, RSA the modulus.
std::size_t device_signature_bytes(KeyType type, const EVP_PKEY* key);

}  // namespace sesam::keymgmt
