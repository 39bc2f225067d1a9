// SPDX-License-Identifier: Apache-2.0
// Generating a key in the device, as OpenSSL asks for it (provider-keymgmt(7), "Key Object Generation
// Functions").
#pragma once

#include <openssl/core.h>

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "keymgmt/key.h"
#include "n200/context.h"
#include "n200/new_key.h"

namespace sesam::keymgmt {

/// A key being generated. Its name, core, acl and PIN come from a key URI: "sesam_uri", or "pkcs11_uri" as
/// BIND calls it.
class Generation {
 public:
  template <KeyType Type>
  static Result<Generation*> init(void* provctx, int selection, const OSSL_PARAM params[]) {
    return start(Type, provctx, selection, params);
  }
  static void cleanup(void* generation);
  template <KeyType Type>
  static const OSSL_PARAM* settable_params(void*, void*) {
    return settable_params_of(row_of(Type));
  }
  /// Takes the group (the curve) from `key`, if it has one.
  Result<void> set_template(void* key);
  Result<void> set_params(const OSSL_PARAM params[]);
  /// Generates the key, or imports it from the file named by "sesam_import", which is the only way to give
  /// this module a private key. Raises bad_uri if the URI has no name or names a fixed place, unsupported_key
  /// for a group that the device does not have, not_offered for the import of other keys than EC, and what
  /// pin_for_new_key, read_ec_key_file, n200::Device::generate and import_ec raise.
  Result<Key*> generate(OSSL_CALLBACK* progress, void* progress_argument);

 private:
  Generation(KeyType type, const n200::Context& context) : type_(type), context_(context) {}
  static const OSSL_PARAM* settable_params_of(const KeyTypeRow& row);
  static Result<Generation*> start(KeyType type, void* provctx, int selection, const OSSL_PARAM params[]);
  Result<n200::KeyUri> place() const;
  Result<n200::NewKey> new_key(const n200::KeyUri& uri, const n200::Device& device) const;
  Result<n200::KeyRecord> generate_key(n200::NewKey& key, n200::Device& device) const;
  Result<n200::KeyRecord> import_key(n200::NewKey& key, n200::Device& device) const;
  Result<void> set_point_format(Key& key);

  KeyType type_;
  const n200::Context& context_;
  Secret uri_;                // may contain a PIN
  std::string group_;         // empty: the type's default, or the imported key's
  std::string point_format_;  // empty: uncompressed
  std::string import_path_;
  unsigned bits_ = 0;  // 0: the type's default
};

}  // namespace sesam::keymgmt
