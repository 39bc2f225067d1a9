// SPDX-License-Identifier: Apache-2.0
#include "signature/signature.h"

#include <openssl/core_names.h>

#include <array>
#include <utility>

#include "base/crypto.h"
#include "base/error_stack.h"
#include "signature/ecdsa_form.h"

namespace sesam::signature {
namespace {

constexpr std::size_t kMostP1363Bytes = 2 * 66;  // P-521
constexpr const char kDefaultDigest[] = "SHA256";

}  // namespace

Result<Signature*> Signature::create(void*, const char*) { return new Signature; }

void Signature::release(void* context) { delete static_cast<Signature*>(context); }

Result<Signature*> Signature::dup() {
  auto copy = std::make_unique<Signature>();
  copy->key_ = key_;
  copy->digest_ = digest_;
  copy->digest_fixed_ = digest_fixed_;
  if (hash_) {
    copy->hash_.reset(EVP_MD_CTX_new());
    if (!copy->hash_ || EVP_MD_CTX_copy_ex(copy->hash_.get(), hash_.get()) != 1) return Error{Reason::out_of_memory, {}};
  }
  return copy.release();
}

// OpenSSL starts a context anew with the key it had by passing none.
Result<void> Signature::take_key(void* key, bool to_sign) {
  const auto* given = static_cast<const keymgmt::Key*>(key);
  if (given == nullptr) return key_ ? Result<void>() : Error{Reason::bad_argument, "no key"};
  if (given->public_key() == nullptr) return Error{Reason::bad_argument, "the key is empty"};
  if (to_sign && !given->is_private()) return Error{Reason::public_key_only, "signing needs the private key"};
  key_ = given->shared_data();
  return {};
}

Result<void> Signature::sign_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(take_key(key, true));
  digest_fixed_ = false;
  return set_params(params);
}

Result<void> Signature::verify_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(take_key(key, false));
  digest_fixed_ = false;
  return set_params(params);
}

Result<void> Signature::start_digest(const char* name) {
  if (name != nullptr && *name != '\0') SESAM_CHECK(choose_digest(name));
  else if (digest_ == nullptr) SESAM_CHECK(choose_digest(kDefaultDigest));
  if (!hash_) hash_.reset(EVP_MD_CTX_new());
  if (!hash_ || digest_->md() == nullptr || EVP_DigestInit_ex2(hash_.get(), digest_->md(), nullptr) != 1)
    return Error{Reason::internal, std::string("cannot start ") + digest_->name};
  digest_fixed_ = true;
  return {};
}

Result<void> Signature::digest_sign_init(const char* digest, void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(sign_init(key, params));
  return start_digest(digest);
}

Result<void> Signature::digest_verify_init(const char* digest, void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(verify_init(key, params));
  return start_digest(digest);
}

Result<void> Signature::update(const unsigned char* data, size_t length) {
  if (!hash_ || EVP_DigestUpdate(hash_.get(), data, length) != 1) return Error{Reason::bad_argument, "no digest is under way"};
  return {};
}

Result<std::size_t> Signature::finish_digest(std::span<unsigned char> out) {
  unsigned int length = 0;
  if (!hash_ || EVP_DigestFinal_ex(hash_.get(), out.data(), &length) != 1) return Error{Reason::bad_argument, "no digest is under way"};
  return std::size_t{length};
}

std::size_t Signature::most_signature_bytes() const { return static_cast<std::size_t>(EVP_PKEY_get_size(key_->public_key.get())); }

Result<void> Signature::check_digest_length(std::size_t length) const {
  if (digest_ == nullptr || length == digest_->size_bytes) return {};
  return Error{Reason::digest_mismatch, std::string(digest_->name) + " has " + std::to_string(digest_->size_bytes) + " bytes, given are " +
                                            std::to_string(length)};
}

Result<void> Signature::sign(unsigned char* signature, size_t* length, size_t capacity, const unsigned char* digest, size_t digest_length) {
  if (!key_) return Error{Reason::bad_argument, "no key"};
  if (signature != nullptr) SESAM_CHECK(check_digest_length(digest_length));
  return sign_digest({digest, digest_length}, signature, length, capacity);
}

Result<void> Signature::digest_sign_final(unsigned char* signature, size_t* length, size_t capacity) {
  if (!key_) return Error{Reason::bad_argument, "no key"};
  if (signature == nullptr) return sign_digest({}, nullptr, length, capacity);  // the digest goes on after a size query
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  SESAM_TRY(digest_length, finish_digest(digest));
  return sign_digest({digest.data(), digest_length}, signature, length, capacity);
}

// A size query is answered from the public key; a buffer that might be too small is refused before the device is asked.
Result<void> Signature::sign_digest(std::span<const unsigned char> digest, unsigned char* signature, size_t* length, size_t capacity) {
  const std::size_t most = most_signature_bytes();
  *length = most;
  if (signature == nullptr) return {};
  if (capacity < most) return Error{Reason::buffer_too_small, "a signature takes up to " + std::to_string(most) + " bytes"};
  if (!key_->device) return Error{Reason::public_key_only, "the key is not in the device"};
  std::array<unsigned char, kMostP1363Bytes> buffer;
  const std::span<unsigned char> p1363(buffer.data(), 2 * key_->field_bytes);
  SESAM_CHECK(key_->device->sign_ec(key_->handle, digest, p1363));
  SESAM_TRY(written, der_of_p1363(p1363, {signature, capacity}));
  if (key_->device->options().verify_signatures) {
    SESAM_TRY(good, verify_digest(digest, {signature, written}));
    if (!good) return Error{Reason::bad_signature, key_->handle.description() + ": the device's signature does not fit the public key"};
  }
  *length = written;
  return {};
}

// By OpenSSL's default provider, in our own library context: the device is not needed for it.
Result<bool> Signature::verify_digest(std::span<const unsigned char> digest, std::span<const unsigned char> signature) const {
  const PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(private_libctx(), key_->public_key.get(), nullptr));
  if (!context || EVP_PKEY_verify_init(context.get()) != 1) return Error{Reason::internal, "cannot start a verification"};
  return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
}

Result<bool> Signature::verify(const unsigned char* signature, size_t length, const unsigned char* digest, size_t digest_length) {
  if (!key_) return Error{Reason::bad_argument, "no key"};
  SESAM_CHECK(check_digest_length(digest_length));
  return verify_digest({digest, digest_length}, {signature, length});
}

Result<bool> Signature::digest_verify_final(const unsigned char* signature, size_t length) {
  if (!key_) return Error{Reason::bad_argument, "no key"};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  SESAM_TRY(digest_length, finish_digest(digest));
  return verify_digest({digest.data(), digest_length}, {signature, length});
}

}  // namespace sesam::signature
