// SPDX-License-Identifier: Apache-2.0
#include "store/loader.h"

#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/params.h>
#include <openssl/store.h>

#include <utility>

#include "n200/device.h"
#include "n200/key_uri.h"
#include "ossl/boundary.h"
#include "store/deletion.h"
#include "store/open_key.h"

namespace sesam::store {
namespace {

using keymgmt::Key;

const OSSL_PARAM* settable_params(void*) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_int(OSSL_STORE_PARAM_EXPECT, nullptr),
                                      OSSL_PARAM_utf8_string(OSSL_STORE_PARAM_PROPERTIES, nullptr, 0),
                                      OSSL_PARAM_END};
  return params;
}

// Called where OpenSSL wants a key of ours in another provider's keymgmt: the public one goes, the private
// one stays.
Result<bool> export_object(void*, const void* reference, size_t reference_size, OSSL_CALLBACK* callback,
                           void* argument) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): a reference is a pointer
  if (reference == nullptr || reference_size != sizeof(Key*)) return false;
  const Key* key = *static_cast<Key* const*>(reference);
  return key->export_to(key->is_private() ? OSSL_KEYMGMT_SELECT_ALL
                                          : OSSL_KEYMGMT_SELECT_ALL & ~OSSL_KEYMGMT_SELECT_PRIVATE_KEY,
                        callback, argument);
}

}  // namespace

Result<Loader*> Loader::open(void* provctx, const char* uri) {
  const auto* context = static_cast<const n200::Context*>(provctx);
  if (uri == nullptr) return Error{Reason::bad_uri, "there is none"};
  SESAM_TRY(parsed, n200::KeyUri::parse(uri));
  SESAM_TRY(device, context->require_device());
  return new Loader(std::move(parsed), std::move(device));
}

Result<Loader*> Loader::open_ex(void* provctx, const char* uri, const OSSL_PARAM params[],
                                OSSL_PASSPHRASE_CALLBACK*, void*) {
  SESAM_TRY(opened, open(provctx, uri));
  std::unique_ptr<Loader> loader(opened);
  SESAM_CHECK(loader->set_params(params));
  return loader.release();
}

Result<void> Loader::close(void* loader) {
  delete static_cast<Loader*>(loader);
  return {};
}

Result<void> Loader::set_params(const OSSL_PARAM params[]) {
  const OSSL_PARAM* expect = OSSL_PARAM_locate_const(params, OSSL_STORE_PARAM_EXPECT);
  if (expect != nullptr && OSSL_PARAM_get_int(expect, &expected_) != 1)
    return Error{Reason::bad_argument, "'expect' is not a number"};
  return {};
}

// A caller that wants a key, and whose URI fits one key alone, gets that.
Result<void> Loader::begin_only_key(const keymgmt::PinPrompt& prompt) {
  constexpr std::size_t kShown = 4;
  std::size_t fitting = 0;
  std::string names, key_id;
  SESAM_CHECK(device_->list_keys(uri_, [&](const n200::KeyRecord& record) {
    if (++fitting == 1) key_id = record.key_id;
    if (fitting <= kShown) names += (fitting == 1 ? "" : ", ") + uri_of(record);
  }));
  if (fitting == 0) return Error{Reason::unknown_key, "the device has no key that the URI fits"};
  if (fitting > 1)
    return Error{Reason::several_keys_match, "the URI names no key and fits " + std::to_string(fitting) +
                                                 ": " + names + (fitting > kShown ? ", ..." : "")};
  uri_.key_id = std::move(key_id);
  return begin_key(prompt);
}

Result<void> Loader::begin_key(const keymgmt::PinPrompt& prompt) {
  const bool wants_private = uri_.type != n200::ObjectType::public_key && wants(OSSL_STORE_INFO_PKEY);
  const bool wants_public = uri_.type != n200::ObjectType::private_key && wants(OSSL_STORE_INFO_PUBKEY);
  if (uri_.type == n200::ObjectType::other || (!wants_private && !wants_public)) return {};
  SESAM_TRY(record, device_->find_key(uri_));
  SESAM_TRY(data, open_key(record, uri_, device_, wants_private, prompt));
  key_ = std::move(data);
  if (wants_private) pending_.push_back(Key::Part::with_private);
  if (wants_public) pending_.push_back(Key::Part::public_only);
  return {};
}

Result<void> Loader::begin_listing() {
  return device_->list_keys(uri_, [this](const n200::KeyRecord& record) { names_.push(uri_of(record)); });
}

Result<void> Loader::begin(const keymgmt::PinPrompt& prompt) {
  begun_ = true;
  if (!uri_.names_no_key()) return begin_key(prompt);
  const bool wants_key = expected_ == OSSL_STORE_INFO_PKEY || expected_ == OSSL_STORE_INFO_PUBKEY;
  if (wants_key && (!uri_.is_bare || uri_.type != n200::ObjectType::any)) return begin_only_key(prompt);
  if (uri_.is_bare) return begin_listing();
  // BIND expects nothing, and drops what a listing delivers without a word.
  return Error{Reason::bad_uri,
               "the URI names no key: add object=NAME; 'openssl storeutl sesam:' lists every key"};
}

Result<bool> Loader::deliver_key(OSSL_CALLBACK* callback, void* argument) {
  auto key = std::make_unique<Key>(key_, pending_.front());
  pending_.pop_front();
  return deliver(std::move(key), callback, argument);
}

Result<bool> Loader::deliver_name(OSSL_CALLBACK* callback, void* argument) {
  std::string name(names_.pop());
  int type = OSSL_OBJECT_NAME;
  const OSSL_PARAM object[] = {OSSL_PARAM_int(OSSL_OBJECT_PARAM_TYPE, &type),
                               OSSL_PARAM_utf8_string(OSSL_OBJECT_PARAM_DATA, name.data(), name.size()),
                               OSSL_PARAM_END};
  return callback(object, argument) == 1;
}

Result<bool> Loader::load(OSSL_CALLBACK* object_callback, void* object_argument,
                          OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument) {
  if (ended_) return false;
  // Unless it goes well: callers go on until the end, also where an exception passes here.
  ended_ = true;
  failure_seen_ = false;
  if (!begun_) SESAM_CHECK(begin({pin_callback, pin_argument}));
  Result<bool> delivered = false;
  if (!pending_.empty())
    delivered = deliver_key(object_callback, object_argument);
  else if (!names_.empty())
    delivered = deliver_name(object_callback, object_argument);
  ended_ = !delivered || !*delivered;
  failure_seen_ = static_cast<bool>(delivered);
  return delivered;
}

Result<bool> Loader::eof() {
  if (ended_) return std::exchange(failure_seen_, true);
  return begun_ && pending_.empty() && names_.empty();
}

const OSSL_DISPATCH kLoader[] = {SESAM_BIND(store_open, &Loader::open),
                                 SESAM_BIND(store_open_ex, &Loader::open_ex),
                                 SESAM_BIND(store_load, &Loader::load),
                                 SESAM_BIND(store_eof, &Loader::eof),
                                 SESAM_BIND(store_close, &Loader::close),
                                 SESAM_BIND(store_set_ctx_params, &Loader::set_params),
                                 SESAM_BIND(store_settable_ctx_params, &settable_params),
                                 SESAM_BIND(store_export_object, &export_object),
                                 SESAM_BIND(store_delete, &delete_key),
                                 SESAM_BIND_END};

}  // namespace sesam::store
