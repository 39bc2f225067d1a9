// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key.h"

#include <utility>

#include "n200/device.h"
#include "n200/key_uri.h"
#include "n200/uri.h"
#include "ossl/crypto.h"

namespace sesam::keymgmt {
namespace {

bool includes_private(int selection) noexcept { return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0; }

// Of a record, whose members are the device's words.
Error redacted(Error error, const n200::Device& device) {
  error.detail = device.redacted(error.detail);
  return error;
}

}  // namespace

Result<std::shared_ptr<const KeyData>> Key::from_record(const n200::KeyRecord& record,
                                                        const n200::KeyUri& uri, Secret pin,
                                                        std::shared_ptr<n200::Device> device) {
  auto data = std::make_shared<KeyData>();
  data->handle = device->handle(uri, record, std::move(pin));
  data->uri = uri_of(record, n200::UriScheme::sesam, uri);
  const auto type = type_of(record);
  if (!type) return redacted(type.error(), *device);
  auto public_key = public_key_of(record, *type);
  if (!public_key) return redacted(std::move(public_key).error(), *device);
  data->type = *type;
  data->public_key = *std::move(public_key);
  data->device_signature_bytes = device_signature_bytes(*type, data->public_key.get());
  data->device = std::move(device);
  return std::shared_ptr<const KeyData>(std::move(data));
}

// The reference is what our own store passed to its callback: a pointer to a Key*, which changes hands here.
Result<Key*> Key::load(const void* reference, size_t reference_size) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): a reference is a pointer
  if (reference == nullptr || reference_size != sizeof(Key*))
    return Error{Reason::bad_argument, "not a key reference of this provider"};
  return std::exchange(*static_cast<Key**>(const_cast<void*>(reference)), nullptr);
}

void Key::release(void* key) { delete static_cast<Key*>(key); }

Result<bool> Key::has(int selection) const {
  if (includes_private(selection) && !is_private()) return false;
  return data_ != nullptr;
}

// Who has the public part of a key in the device has the key: the private parts cannot be compared.
Result<bool> Key::match(const void* other, int) const {
  const auto* that = static_cast<const Key*>(other);
  if (that == nullptr || public_key() == nullptr || that->public_key() == nullptr) return false;
  return EVP_PKEY_eq(public_key(), that->public_key()) == 1;
}

Result<bool> Key::validate(int selection, int) const {
  if (public_key() == nullptr || (includes_private(selection) && !is_private())) return false;
  const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(ossl::private_libctx(), public_key(), nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

Result<Key*> Key::dup(int selection) const {
  if (!data_) return new Key(type_);
  return new Key(data_, includes_private(selection) ? part_ : Part::public_only);
}

// Everything that there is to be asked is in the public key; what is not, as "priv", stays unmodified.
Result<void> Key::get_params(OSSL_PARAM params[]) const {
  if (public_key() == nullptr) return Error{Reason::bad_argument, "the key is empty"};
  if (params == nullptr || params[0].key == nullptr) return {};
  if (EVP_PKEY_get_params(public_key(), params) != 1)
    return Error{Reason::bad_argument, "a parameter has the wrong type or is too small"};
  return {};
}

Result<bool> Key::import(int selection, const OSSL_PARAM params[]) {
  if (data_ || (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) == 0) return false;
  if (includes_private(selection) && OSSL_PARAM_locate_const(params, row_of(type_).private_param) != nullptr)
    return false;
  auto data = std::make_shared<KeyData>();
  data->type = type_;
  data->public_key = public_key_from(type_, params);
  if (!data->public_key) return false;
  data_ = std::move(data);
  return true;
}

Result<bool> Key::export_to(int selection, OSSL_CALLBACK* callback, void* argument) const {
  if (includes_private(selection) || public_key() == nullptr) return false;
  return EVP_PKEY_export(public_key(), selection, callback, argument) == 1;
}

Error not_offered(std::string_view operation, const void* key) {
  const auto* given = static_cast<const Key*>(key);
  const bool in_device = given != nullptr && given->data() != nullptr && given->data()->device;
  return {Reason::not_offered, std::string(operation) + " with " +
                                   (in_device ? given->data()->handle.description() : "a public key") +
                                   ": the device is asked for signatures only; a key in a file can do it"};
}

}  // namespace sesam::keymgmt
