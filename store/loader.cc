// SPDX-License-Identifier: Apache-2.0
#include "store/loader.h"

#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/store.h>

#include <ctime>
#include <utility>

#include "n200/device.h"
#include "n200/key_uri.h"
#include "store/certificate_directories.h"
#include "store/context.h"
#include "store/deletion.h"
#include "store/open_key.h"

namespace sesam::store {
namespace {

using keymgmt::Key;

const OSSL_PARAM* settable_params(void*) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_int(OSSL_STORE_PARAM_EXPECT, nullptr),
                                      OSSL_PARAM_utf8_string(OSSL_STORE_PARAM_PROPERTIES, nullptr, 0),
                                      OSSL_PARAM_octet_string(OSSL_STORE_PARAM_SUBJECT, nullptr, 0),
                                      OSSL_PARAM_utf8_string(OSSL_STORE_PARAM_ALIAS, nullptr, 0),
                                      OSSL_PARAM_END};
  return params;
}

// Called when OpenSSL wants one of our keys in another provider's keymgmt:
// exports the public part of a public key object; a private key is not exported.
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

Result<Loader*> Loader::of_uri(const Context& context, const char* uri) {
  SESAM_TRY(parsed, n200::KeyUri::parse(uri));
  SESAM_TRY(device, context.require_device());
  return new Loader(std::move(parsed), std::move(device), context.certificate_directory());
}

// OpenSSL tries a file of that name first. If no loader opens the URI, that error stays on the
// error queue, and contains the whole URI: so a URI that may contain a PIN is always opened.
Result<Loader*> Loader::open(void* provctx, const char* uri) {
  if (uri == nullptr) return Error{Reason::bad_uri, "no URI was given"};
  auto opened = of_uri(*static_cast<const Context*>(provctx), uri);
  if (opened || !n200::may_hold_a_pin(uri)) return opened;
  return new Loader(std::move(opened).error());
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
  if (unopened_) return {};  // load() raises the error
  int expected = expected_;
  Search search = search_;
  const OSSL_PARAM* expect = OSSL_PARAM_locate_const(params, OSSL_STORE_PARAM_EXPECT);
  if (expect != nullptr && OSSL_PARAM_get_int(expect, &expected) != 1)
    return Error{Reason::bad_argument, "'expect' is not a number"};
  SESAM_CHECK(search.set_params(params));
  if (!search.subject.empty() && certificate_directory_.empty())
    return Error{Reason::bad_argument,
                 "to search by the subject of a certificate, set 'certificates' in openssl.cnf"};
  expected_ = expected;
  search_ = std::move(search);
  return {};
}

// If the caller wants a key and the URI matches only one, delivers
// that key, unless the URI was meant to name another one (lost_name).
Result<void> Loader::begin_only_key(const keymgmt::PinPrompt& prompt) {
  if (!uri_.lost_name.empty()) return no_name(uri_);
  constexpr std::size_t kShown = 4, kMaxUriBytes = 200;
  std::size_t fitting = 0;
  std::string names, key_id;
  SESAM_CHECK(device_->list_keys(uri_, [&](const n200::KeyRecord& record) {
    if (++fitting == 1) key_id = record.key_id;
    if (fitting <= kShown)
      names += (fitting == 1 ? "" : ", ") + device_->redacted(uri_of(record)).substr(0, kMaxUriBytes);
  }));
  if (fitting == 0) return Error{Reason::unknown_key, "the device has no key that matches the URI"};
  if (fitting > 1)
    return Error{Reason::several_keys_match, "the URI names no key and matches " + std::to_string(fitting) +
                                                 ": " + names + (fitting > kShown ? ", ..." : "")};
  uri_.key_id = std::move(key_id);
  return begin_key(prompt);
}

bool Loader::wants_certificates() const {
  return !certificate_directory_.empty() && wants(n200::ObjectType::certificate, OSSL_STORE_INFO_CERT);
}

// There is nothing to deliver: an error if the caller expects one type of object. BIND accepts any type.
Result<void> Loader::check_nothing_is_missed() const {
  if (!search_.subject.empty()) return {};
  const bool wants_certificate = expected_ == OSSL_STORE_INFO_CERT;
  if (wants_certificate && certificate_directory_.empty())
    return Error{Reason::no_certificate, "'certificates' is not set"};
  if (expected_ == OSSL_STORE_INFO_PKEY || expected_ == OSSL_STORE_INFO_PUBKEY || wants_certificate)
    return Error{Reason::bad_uri, std::string("'type' in the URI excludes what the program asks for: ") +
                                      OSSL_STORE_INFO_type_string(expected_)};
  return {};
}

Result<void> Loader::begin_key(const keymgmt::PinPrompt& prompt) {
  const bool wants_keys = search_.subject.empty();  // only certificates have a subject
  const bool wants_private = wants_keys && wants(n200::ObjectType::private_key, OSSL_STORE_INFO_PKEY);
  const bool wants_public = wants_keys && wants(n200::ObjectType::public_key, OSSL_STORE_INFO_PUBKEY);
  if (!wants_private && !wants_public && !wants_certificates()) return check_nothing_is_missed();
  SESAM_TRY(record, device_->find_key(uri_));
  SESAM_TRY(data, open_key(record, uri_, device_, wants_private, prompt));
  key_ = std::move(data);
  if (wants_private) pending_.push_back(Key::Part::with_private);
  if (wants_public) pending_.push_back(Key::Part::public_only);
  return wants_certificates() ? begin_certificates_of_key() : Result<void>();
}

// Reports missing certificates only if the caller asks for
// nothing else: BIND, for example, accepts any type of object.
Result<void> Loader::begin_certificates_of_key() {
  const auto all = process_state<CertificateDirectories>().read(certificate_directory_, device_->log());
  const EVP_PKEY* key = key_->public_key.get();
  const std::time_t now = std::time(nullptr);
  if (!search_.subject.empty())
    certificates_ = chain_of_with_subject(key, search_.subject, *all, now);
  else
    certificates_ = chain_of(key, *all, now);
  if (!certificates_.empty() || !pending_.empty() || !search_.subject.empty()) return {};
  return Error{Reason::no_certificate, key_->handle.description() + ": none of the " +
                                           std::to_string(all->size()) + " certificates in " +
                                           certificate_directory_ + " is for its public key"};
}

void Loader::begin_certificates_of_directory() {
  if (!wants_certificates()) return;
  const auto all = process_state<CertificateDirectories>().read(certificate_directory_, device_->log());
  certificates_ = with_subject(search_.subject, *all);
}

Result<void> Loader::begin_listing() {
  return device_->list_keys(uri_, [this](const n200::KeyRecord& record) { names_.push(uri_of(record)); });
}

Result<void> Loader::begin_without_name(const keymgmt::PinPrompt& prompt) {
  const bool wants_key = expected_ == OSSL_STORE_INFO_PKEY || expected_ == OSSL_STORE_INFO_PUBKEY;
  if (wants_key && (!uri_.is_bare || uri_.type != n200::ObjectType::any)) return begin_only_key(prompt);
  if (uri_.is_bare) return begin_listing();
  // BIND sets no expected type, and silently drops the names that a listing delivers.
  return no_name(uri_);
}

Result<void> Loader::begin(const keymgmt::PinPrompt& prompt) {
  begun_ = true;
  if (unopened_) return *unopened_;
  const bool is_about_certificates = uri_.type == n200::ObjectType::certificate;
  if (is_about_certificates && certificate_directory_.empty())
    return Error{Reason::no_certificate, "type=cert in the URI, but 'certificates' is not set"};
  if (!search_.alias.empty()) {
    if (!uri_.object.empty() && uri_.object != search_.alias) return {};
    uri_.object = search_.alias;
  }
  if (!uri_.names_no_key()) return begin_key(prompt);
  if (!is_about_certificates && search_.subject.empty()) return begin_without_name(prompt);
  begin_certificates_of_directory();
  return {};
}

bool Loader::deliver_key(OSSL_CALLBACK* callback, void* argument) {
  auto key = std::make_unique<Key>(key_, pending_.front());
  pending_.pop_front();
  return deliver(std::move(key), callback, argument);
}

bool Loader::deliver_name(OSSL_CALLBACK* callback, void* argument) {
  std::string name(names_.pop());
  int type = OSSL_OBJECT_NAME;
  const OSSL_PARAM object[] = {OSSL_PARAM_int(OSSL_OBJECT_PARAM_TYPE, &type),
                               OSSL_PARAM_utf8_string(OSSL_OBJECT_PARAM_DATA, name.data(), name.size()),
                               OSSL_PARAM_END};
  return callback(object, argument) == 1;
}

bool Loader::deliver_certificate(OSSL_CALLBACK* callback, void* argument) {
  Bytes der = std::move(certificates_.front());
  certificates_.pop_front();
  int type = OSSL_OBJECT_CERT;
  char data_type[] = PEM_STRING_X509, structure[] = "Certificate";
  const OSSL_PARAM object[] = {
      OSSL_PARAM_int(OSSL_OBJECT_PARAM_TYPE, &type),
      OSSL_PARAM_utf8_string(OSSL_OBJECT_PARAM_DATA_TYPE, data_type, sizeof data_type - 1),
      OSSL_PARAM_utf8_string(OSSL_OBJECT_PARAM_DATA_STRUCTURE, structure, sizeof structure - 1),
      OSSL_PARAM_octet_string(OSSL_OBJECT_PARAM_DATA, der.data(), der.size()), OSSL_PARAM_END};
  return callback(object, argument) == 1;
}

Result<ossl::HandedOn> Loader::load(OSSL_CALLBACK* object_callback, void* object_argument,
                                    OSSL_PASSPHRASE_CALLBACK* pin_callback, void* pin_argument) {
  if (ended_) return ossl::HandedOn{false};
  // Reset on success. Callers load until the end, so it must also follow a failure or an exception.
  ended_ = true;
  failure_seen_ = false;
  if (!begun_) SESAM_CHECK(begin({pin_callback, pin_argument}));
  bool delivered = false;
  if (!pending_.empty())
    delivered = deliver_key(object_callback, object_argument);
  else if (!names_.empty())
    delivered = deliver_name(object_callback, object_argument);
  else if (!certificates_.empty())
    delivered = deliver_certificate(object_callback, object_argument);
  ended_ = !delivered;
  failure_seen_ = true;
  return ossl::HandedOn{delivered};
}

Result<bool> Loader::eof() {
  if (ended_) return std::exchange(failure_seen_, true);
  return begun_ && pending_.empty() && names_.empty() && certificates_.empty();
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
