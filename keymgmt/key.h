// SPDX-License-Identifier: Apache-2.0
// A key as OpenSSL sees it: the private part in the device, the public part here.
#pragma once

#include <openssl/core.h>

#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "keymgmt/public_key.h"
#include "n200/key_handle.h"
#include "n200/key_record.h"
#include "n200/uri.h"
#include "ossl/boundary.h"
#include "ossl/handles.h"

namespace sesam::n200 {
class Device;
}

namespace sesam::keymgmt {

/// The immutable data of a key; shared by the private and
/// the public object of a key and by their duplicates.
struct KeyData {
  KeyType type{};
  ossl::Pkey public_key;  ///< in private_libctx()
  std::size_t device_signature_bytes = 0;
  std::shared_ptr<n200::Device> device;  ///< null for an imported public key
  n200::KeyHandle handle;
  std::string uri;  ///< opens the key again: "sesam:key-id=...;object=...", without a secret
};

/// OpenSSL's keydata (provider-keymgmt(7)). Filled by the store or by import. A key in the device never
/// changes; set_params() may change the form in which its public part is encoded.
class Key {
 public:
  enum class Part : std::uint8_t { parameters_only, public_only, with_private };

  explicit Key(KeyType type) : type_(type) {}
  Key(std::shared_ptr<const KeyData> data, Part part)
      : type_(data->type), data_(std::move(data)), pkey_(data_, data_->public_key.get()), part_(part) {}

  /// Builds the data of a key in the device from the device's record; core and pin-source come from `uri`.
  /// `pin` may be empty. Raises unsupported_key, bad_public_key.
  static Result<std::shared_ptr<const KeyData>> from_record(const n200::KeyRecord& record,
                                                            const n200::KeyUri& uri, Secret pin,
                                                            std::shared_ptr<n200::Device> device);

  const KeyData* data() const noexcept { return data_.get(); }
  const std::shared_ptr<const KeyData>& shared_data() const noexcept { return data_; }
  bool is_private() const noexcept { return data_ && part_ == Part::with_private; }
  EVP_PKEY* public_key() const noexcept { return part_ == Part::parameters_only ? nullptr : pkey_.get(); }
  /// The public key, or a key that has only domain parameters; null if there is neither.
  EVP_PKEY* parameters() const noexcept { return pkey_.get(); }

  // provider-keymgmt(7). A function that returns false raises no error.
  template <KeyType Type>
  static Result<Key*> create(void*) {
    return new Key(Type);
  }
  static Result<Key*> load(const void* reference, size_t reference_size);
  static void release(void* key);
  Result<bool> has(int selection) const;
  Result<bool> match(const void* other, int selection) const;
  Result<bool> validate(int selection, int check_type) const;
  Result<Key*> dup(int selection) const;
  Result<void> get_params(OSSL_PARAM params[]) const;
  /// Sets the public key if there are only parameters or an imported public key, and the form in which an EC
  /// key is encoded. Raises bad_argument for the numbers of a key, which cannot be changed, and
  /// bad_public_key; unknown names are ignored.
  Result<void> set_params(const OSSL_PARAM params[]);
  Result<ossl::HandedOn> import(int selection, const OSSL_PARAM params[]);
  /// Private parts are never exported: a selection that includes them returns false at once, without an error
  /// and without I/O. A selection without the public key exports domain parameters, if the type has them.
  Result<bool> export_to(int selection, OSSL_CALLBACK* callback, void* argument) const;

 private:
  Result<void> set_encoded_public_key(const OSSL_PARAM& param);
  Result<void> set_form(const OSSL_PARAM& param);
  void take(ossl::Pkey pkey, Part part);

  KeyType type_;
  std::shared_ptr<const KeyData> data_;
  std::shared_ptr<EVP_PKEY> pkey_;  // that of data_, or the same key in another form
  Part part_ = Part::public_only;
};

/// The error for an operation that our keys do not offer: names the operation, the key and an alternative.
/// `key` is OpenSSL's keydata, or null.
Error not_offered(std::string_view operation, const void* key);

/// The error for exporting a private part, which stays in the device. `key` is OpenSSL's keydata, or null.
Error not_exported(const void* key);

/// The key management functions of each type.
inline constexpr std::size_t kKeymgmtFunctions = 23;
extern const OSSL_DISPATCH kKeymgmts[std::size(kKeyTypes)][kKeymgmtFunctions];

}  // namespace sesam::keymgmt
