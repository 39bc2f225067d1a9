// SPDX-License-Identifier: Apache-2.0
// Public keys in this module's own library context.
#pragma once

#include <openssl/params.h>

#include "base/result.h"
#include "keymgmt/key_types.h"
#include "n200/key_record.h"
#include "ossl/handles.h"

namespace sesam::keymgmt {

/// The type of a key in the device, from the record's key_type (n200.md). Raises unsupported_key.
Result<KeyType> type_of(const n200::KeyRecord& record);

/// The public key in the device's record. OpenSSL checks that an EC point is on its curve. Raises
/// bad_public_key.
Result<ossl::Pkey> public_key_of(const n200::KeyRecord& record, KeyType type);

/// A public key from OpenSSL's parameters for the type (EVP_PKEY_fromdata(3)), or with
/// EVP_PKEY_KEY_PARAMETERS a key that has only domain parameters; private parameters are ignored. Null if the
/// parameters are not valid.
ossl::Pkey public_key_from(KeyType type, const OSSL_PARAM params[], int selection = EVP_PKEY_PUBLIC_KEY);
/// A key that has only the domain parameters of `key`; null if out of memory.
ossl::Pkey parameters_of(EVP_PKEY* key);

/// The length in bytes of a signature as returned by the device: EC r‖s, RSA that of the modulus.
std::size_t device_signature_bytes(KeyType type, const EVP_PKEY* key);

}  // namespace sesam::keymgmt
