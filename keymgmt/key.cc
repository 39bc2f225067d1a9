// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/key.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "keymgmt/device_params.h"
#include "n200/device.h"
#include "n200/errors.h"
#include "n200/key_uri.h"
#include "n200/uri.h"
#include "ossl/crypto.h"
#include "transport/options.h"
#include "transport/pipeline.h"

namespace sesam::keymgmt {
namespace {

bool includes_private(int selection) noexcept { return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0; }
bool includes_public(int selection) noexcept { return (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0; }
bool includes_key(int selection) noexcept { return (selection & OSSL_KEYMGMT_SELECT_KEYPAIR) != 0; }
bool includes_parameters(int selection) noexcept {
  return (selection & OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS) != 0;
}

// Whether the name is in one of OpenSSL's parameter tables.
bool is_listed(const OSSL_PARAM* table, const char* name) noexcept {
  return OSSL_PARAM_locate_const(table, name) != nullptr;
}

// For an error that quotes a record, whose members come from the device.
Error of_record(const Error& error, const n200::KeyRecord& record, const n200::Device& device) {
  return n200::error_of({"opening the key", {}, device.pipeline().options().urls[record.node]}, error.reason,
                        device.redacted(error.detail));
}

}  // namespace

Result<std::shared_ptr<const KeyData>> Key::from_record(const n200::KeyRecord& record,
                                                        const n200::KeyUri& uri, Secret pin,
                                                        std::shared_ptr<n200::Device> device) {
  auto data = std::make_shared<KeyData>();
  data->handle = device->handle(uri, record, std::move(pin));
  data->uri = uri_of(record, n200::UriScheme::sesam, uri);
  const auto type = type_of(record);
  if (!type) return of_record(type.error(), record, *device);
  auto public_key = public_key_of(record, *type);
  if (!public_key) return of_record(public_key.error(), record, *device);
  data->type = *type;
  data->public_key = *std::move(public_key);
  data->device_signature_bytes = device_signature_bytes(*type, data->public_key.get());
  data->device = std::move(device);
  return std::shared_ptr<const KeyData>(std::move(data));
}

// The reference that our store passes to its callback: a pointer to a Key*. The caller becomes the owner.
Result<Key*> Key::load(const void* reference, size_t reference_size) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): a reference is a pointer
  if (reference == nullptr || reference_size != sizeof(Key*))
    return Error{Reason::bad_argument, "not a key reference of this provider"};
  return std::exchange(*static_cast<Key**>(const_cast<void*>(reference)), nullptr);
}

void Key::release(void* key) { delete static_cast<Key*>(key); }

Result<bool> Key::has(int selection) const {
  if (includes_private(selection) && !is_private()) return false;
  if (includes_public(selection) && public_key() == nullptr) return false;
  return pkey_ != nullptr;
}

// Keys with equal public parts match: the private parts, which are in the device, cannot be compared.
Result<bool> Key::match(const void* other, int selection) const {
  const auto* that = static_cast<const Key*>(other);
  if (that == nullptr || !pkey_ || !that->pkey_) return false;
  if (includes_parameters(selection) && row_of(type_).has_curves() &&
      EVP_PKEY_parameters_eq(parameters(), that->parameters()) != 1)
    return false;
  if (!includes_key(selection)) return true;
  return public_key() != nullptr && that->public_key() != nullptr &&
         EVP_PKEY_eq(public_key(), that->public_key()) == 1;
}

Result<bool> Key::validate(int selection, int) const {
  if (!pkey_ || (includes_key(selection) && public_key() == nullptr)) return false;
  if (includes_private(selection) && !is_private()) return false;
  const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(ossl::private_libctx(), pkey_.get(), nullptr));
  if (!context) return false;
  if (includes_key(selection)) return EVP_PKEY_public_check(context.get()) == 1;
  return !row_of(type_).has_curves() || EVP_PKEY_param_check(context.get()) == 1;
}

// EVP_PKEY_copy_parameters(3) asks for domain parameters alone.
Result<Key*> Key::dup(int selection) const {
  auto copy = std::make_unique<Key>(type_);
  if (pkey_ && includes_key(selection)) {
    copy->data_ = data_;
    copy->pkey_ = pkey_;
    copy->part_ = includes_private(selection) ? part_ : std::min(part_, Part::public_only);
  } else if (pkey_ && row_of(type_).has_curves()) {
    ossl::Pkey parameters = parameters_of(pkey_.get());
    if (!parameters) return Error{Reason::out_of_memory, {}};
    copy->take(std::move(parameters), Part::parameters_only);
  } else if (pkey_) {
    return Error{Reason::bad_argument,
                 std::string("an ") + row_of(type_).name + " key has no domain parameters"};
  }
  return copy.release();
}

void Key::take(ossl::Pkey pkey, Part part) {
  auto data = std::make_shared<KeyData>();
  data->type = type_;
  data->public_key = std::move(pkey);
  pkey_ = std::shared_ptr<EVP_PKEY>(data, data->public_key.get());
  data_ = std::move(data);
  part_ = part;
}

// Parameters that neither call knows, such as "priv", stay unmodified.
Result<void> Key::get_params(OSSL_PARAM params[]) const {
  if (!pkey_) return Error{Reason::bad_argument, "the key is empty"};
  if (params == nullptr || params[0].key == nullptr) return {};
  if (EVP_PKEY_get_params(pkey_.get(), params) != 1)
    return Error{Reason::bad_argument, "a parameter has the wrong type or is too small"};
  return get_device_params(*data_, params);
}

Result<void> Key::set_params(const OSSL_PARAM params[]) {
  const KeyTypeRow& row = row_of(type_);
  for (const OSSL_PARAM* p = params; p != nullptr && p->key != nullptr; ++p) {
    const bool is_settable = is_listed(row.settable_params, p->key);
    if (is_settable && std::string_view(p->key) == OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY)
      SESAM_CHECK(set_encoded_public_key(*p));
    else if (is_settable)
      SESAM_CHECK(set_form(*p));
    else if (is_listed(row.gettable_params, p->key) || std::string_view(p->key) == row.private_param)
      return Error{Reason::bad_argument, std::string("'") + p->key + "' of a key cannot be changed"};
  }
  return {};
}

// A peer's key is made this way: first the parameters, then its point.
Result<void> Key::set_encoded_public_key(const OSSL_PARAM& param) {
  if (!pkey_ || (data_ && data_->device))
    return Error{Reason::bad_argument, "the public key of a key in the device cannot be changed"};
  const void* point = nullptr;
  std::size_t length = 0;
  ossl::Pkey changed(EVP_PKEY_dup(pkey_.get()));
  if (OSSL_PARAM_get_octet_string_ptr(&param, &point, &length) != 1 || !changed ||
      EVP_PKEY_set1_encoded_public_key(changed.get(), static_cast<const unsigned char*>(point), length) != 1)
    return Error{Reason::bad_public_key, "the encoded public key is not a point on the key's curve"};
  take(std::move(changed), Part::public_only);
  return {};
}

// Other objects of the same key, and threads that use them, keep their form.
Result<void> Key::set_form(const OSSL_PARAM& param) {
  if (!pkey_) return Error{Reason::bad_argument, "the key is empty"};
  OSSL_PARAM one[] = {param, OSSL_PARAM_END};
  ossl::Pkey changed(EVP_PKEY_dup(pkey_.get()));
  if (!changed || EVP_PKEY_set_params(changed.get(), one) != 1)
    return Error{Reason::bad_argument, std::string("the value of '") + param.key + "' is invalid"};
  pkey_ = std::shared_ptr<EVP_PKEY>(changed.release(), &EVP_PKEY_free);
  return {};
}

// libcrypto imports a key also to try whether this provider can use it, so a refusal is not logged. If it
// succeeds by another provider, it removes the errors of this one.
Result<ossl::HandedOn> Key::import(int selection, const OSSL_PARAM params[]) {
  const auto refused = [](const Error& error) {
    ossl::raise_unlogged(error, "keymgmt_import");
    return ossl::HandedOn{false};
  };
  const KeyTypeRow& row = row_of(type_);
  if (pkey_ || (!includes_public(selection) && !(includes_parameters(selection) && row.has_curves())))
    return ossl::HandedOn{false};
  if (includes_private(selection) && is_listed(params, row.private_param))
    return refused(
        {Reason::not_offered,
         std::string("importing a private ") + row.name +
             " key: sesam imports public keys only; let OpenSSL use the provider 'default': list " +
             "that first in openssl.cnf, and do not ask for sesam by a property query"});
  ossl::Pkey imported = public_key_from(
      type_, params, includes_public(selection) ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEY_PARAMETERS);
  if (!imported)
    return refused({Reason::bad_public_key, std::string("the parameters are not those of an ") + row.name +
                                                (includes_public(selection) ? " public key" : " curve")});
  take(std::move(imported), includes_public(selection) ? Part::public_only : Part::parameters_only);
  return ossl::HandedOn{true};
}

Result<bool> Key::export_to(int selection, OSSL_CALLBACK* callback, void* argument) const {
  if (includes_private(selection) || !pkey_) return false;
  if (includes_public(selection) ? public_key() == nullptr : !row_of(type_).has_curves()) return false;
  return EVP_PKEY_export(pkey_.get(), selection, callback, argument) == 1;
}

namespace {

std::string described(const void* key) {
  const auto* given = static_cast<const Key*>(key);
  const bool in_device = given != nullptr && given->data() != nullptr && given->data()->device;
  return in_device ? given->data()->handle.description() : "a public key";
}

}  // namespace

Error not_offered(std::string_view operation, const void* key) {
  return {Reason::not_offered, std::string(operation) + " with " + described(key) +
                                   ": the device only signs; use a key in a file"};
}

Error not_exported(const void* key) {
  return {Reason::not_offered,
          "exporting the private part of " + described(key) +
              ": it does not leave the device; 'openssl pkey -in URI -out FILE' writes a " +
              "PEM file that names the key"};
}

}  // namespace sesam::keymgmt
