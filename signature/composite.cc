// SPDX-License-Identifier: Apache-2.0
#include "signature/composite.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "ossl/boundary.h"

namespace sesam::signature {
namespace {

constexpr char kSignatureParam[] = "signature";  // OSSL_SIGNATURE_PARAM_SIGNATURE, OpenSSL 3.4

const OSSL_PARAM* gettable_params(void*, void*) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, nullptr, 0),
                                      OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, nullptr, 0),
                                      OSSL_PARAM_size_t(OSSL_SIGNATURE_PARAM_DIGEST_SIZE, nullptr),
                                      OSSL_PARAM_END};
  return params;
}

const OSSL_PARAM* settable_params(void*, void*) {
  static const OSSL_PARAM params[] = {OSSL_PARAM_octet_string(kSignatureParam, nullptr, 0), OSSL_PARAM_END};
  return params;
}

template <keymgmt::KeyType Type>
const char** key_types() {
  static const char* types[] = {keymgmt::row_of(Type).name, nullptr};
  return types;
}

// Whether the algorithm's name already fixes the parameter.
bool is_fixed(std::string_view parameter) noexcept {
  constexpr std::string_view kFixed[] = {OSSL_SIGNATURE_PARAM_DIGEST, OSSL_SIGNATURE_PARAM_PAD_MODE,
                                         OSSL_SIGNATURE_PARAM_PSS_SALTLEN, OSSL_SIGNATURE_PARAM_MGF1_DIGEST};
  return std::find(std::begin(kFixed), std::end(kFixed), parameter) != std::end(kFixed);
}

}  // namespace

void Composite::release(void* context) { delete static_cast<Composite*>(context); }

Result<Composite*> Composite::dup() {
  SESAM_TRY(signature, signature_->dup());
  auto copy = std::make_unique<Composite>(row_);
  copy->signature_.reset(signature);
  copy->input_ = input_;
  copy->expected_ = expected_;
  return copy.release();
}

Result<void> Composite::fix_digest(const OSSL_PARAM params[]) {
  std::string name = row_.digest;
  const OSSL_PARAM digest[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name.data(), name.size()),
                               OSSL_PARAM_END};
  SESAM_CHECK(signature_->set_params(digest));
  input_ = Input::digest;
  return set_params(params);
}

Result<void> Composite::sign_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(signature_->sign_init(key, nullptr));
  return fix_digest(params);
}

Result<void> Composite::verify_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(signature_->verify_init(key, nullptr));
  return fix_digest(params);
}

Result<void> Composite::verify_recover_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(signature_->verify_recover_init(key, nullptr));
  return fix_digest(params);
}

Result<void> Composite::verify_recover(unsigned char* recovered, size_t* length, size_t capacity,
                                       const unsigned char* signature, size_t signature_length) {
  return signature_->verify_recover(recovered, length, capacity, signature, signature_length);
}

Result<void> Composite::sign_message_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(signature_->digest_sign_init(row_.digest, key, nullptr));
  input_ = Input::message;
  return set_params(params);
}

Result<void> Composite::verify_message_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(signature_->digest_verify_init(row_.digest, key, nullptr));
  input_ = Input::message;
  expected_.reset();
  return set_params(params);
}

Result<void> Composite::update(const unsigned char* data, size_t length) {
  SESAM_CHECK(signature_->update(data, length));
  input_ = Input::begun_message;
  return {};
}

Result<void> Composite::take_whole_message(const unsigned char* data, size_t length) {
  if (input_ == Input::begun_message)
    return Error{Reason::bad_argument, "part of the message was already given"};
  return update(data, length);
}

Result<void> Composite::sign_message_final(unsigned char* signature, size_t* length, size_t capacity) {
  return signature_->digest_sign_final(signature, length, capacity);
}

Result<void> Composite::sign(unsigned char* signature, size_t* length, size_t capacity,
                             const unsigned char* input, size_t input_length) {
  if (input_ == Input::digest) return signature_->sign(signature, length, capacity, input, input_length);
  if (signature != nullptr) SESAM_CHECK(take_whole_message(input, input_length));
  return signature_->digest_sign_final(signature, length, capacity);
}

Result<bool> Composite::verify(const unsigned char* signature, size_t length, const unsigned char* input,
                               size_t input_length) {
  if (input_ == Input::digest) return signature_->verify(signature, length, input, input_length);
  SESAM_CHECK(take_whole_message(input, input_length));
  return signature_->digest_verify_final(signature, length);
}

Result<bool> Composite::verify_message_final() {
  if (!expected_) return Error{Reason::bad_argument, "the signature to verify is not set"};
  return signature_->digest_verify_final(expected_->data(), expected_->size());
}

// Unknown parameters are ignored, as by Signature.
Result<void> Composite::set_params(const OSSL_PARAM params[]) {
  for (const OSSL_PARAM* p = params; p != nullptr && p->key != nullptr; ++p) {
    const std::string_view name = p->key;
    const void* bytes = nullptr;
    std::size_t length = 0;
    if (is_fixed(name))
      return Error{Reason::unsupported_scheme, "parameter '" + std::string(name) +
                                                   "' is a part of the algorithm " + row_.names +
                                                   " and cannot be set"};
    if (name != kSignatureParam) continue;
    if (OSSL_PARAM_get_octet_string_ptr(p, &bytes, &length) != 1 || bytes == nullptr)
      return Error{Reason::bad_argument, "parameter 'signature' has the wrong type"};
    const auto* first = static_cast<const unsigned char*>(bytes);
    expected_.emplace(first, first + length);
  }
  return {};
}

// As in OpenSSL's default provider, there are no digest_sign functions, which would choose the digest.
#define SESAM_COMPOSITE(id, type, digest, names)                                 \
  {SESAM_BIND(signature_newctx, &Composite::create<CompositeId::id>),            \
   SESAM_BIND(signature_freectx, &Composite::release),                           \
   SESAM_BIND(signature_dupctx, &Composite::dup),                                \
   SESAM_BIND(signature_query_key_types, &key_types<keymgmt::KeyType::type>),    \
   SESAM_BIND(signature_sign_init, &Composite::sign_init),                       \
   SESAM_BIND(signature_sign, &Composite::sign),                                 \
   SESAM_BIND(signature_sign_message_init, &Composite::sign_message_init),       \
   SESAM_BIND(signature_sign_message_update, &Composite::update),                \
   SESAM_BIND(signature_sign_message_final, &Composite::sign_message_final),     \
   SESAM_BIND(signature_verify_init, &Composite::verify_init),                   \
   SESAM_BIND(signature_verify, &Composite::verify),                             \
   SESAM_BIND(signature_verify_recover_init, &Composite::verify_recover_init),   \
   SESAM_BIND(signature_verify_recover, &Composite::verify_recover),             \
   SESAM_BIND(signature_verify_message_init, &Composite::verify_message_init),   \
   SESAM_BIND(signature_verify_message_update, &Composite::update),              \
   SESAM_BIND(signature_verify_message_final, &Composite::verify_message_final), \
   SESAM_BIND(signature_get_ctx_params, &Composite::get_params),                 \
   SESAM_BIND(signature_set_ctx_params, &Composite::set_params),                 \
   SESAM_BIND(signature_gettable_ctx_params, &gettable_params),                  \
   SESAM_BIND(signature_settable_ctx_params, &settable_params),                  \
   SESAM_BIND_END},

const OSSL_DISPATCH kCompositeTables[std::size(kComposites)][kCompositeFunctions] = {
    SESAM_COMPOSITES(SESAM_COMPOSITE)};

}  // namespace sesam::signature
