// SPDX-License-Identifier: Apache-2.0
#include "signature/signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "n200/options.h"
#include "ossl/error_stack.h"
#include "signature/ecdsa_form.h"

namespace sesam::signature {
namespace {

constexpr const char kDefaultDigest[] = "SHA256";

}  // namespace

void Signature::release(void* context) { delete static_cast<Signature*>(context); }

Result<Signature*> Signature::dup() {
  auto copy = std::make_unique<Signature>(scheme_.type, default_salt_);
  copy->key_ = key_;
  copy->may_sign_ = may_sign_;
  copy->scheme_ = scheme_;
  copy->digest_fixed_ = digest_fixed_;
  copy->hashing_ = hashing_;
  if (verification_) {
    SESAM_TRY(verification, verification_->dup());
    copy->verification_ = std::move(verification);
  }
  if (hashing_) {
    copy->hash_.reset(EVP_MD_CTX_new());
    if (!copy->hash_ || EVP_MD_CTX_copy_ex(copy->hash_.get(), hash_.get()) != 1)
      return Error{Reason::out_of_memory, {}};
  }
  return copy.release();
}

// To restart a context with its current key, OpenSSL
// passes no key. The digest is kept, the padding is reset.
Result<void> Signature::take_key(void* key, bool to_sign) {
  const auto* given = static_cast<const keymgmt::Key*>(key);
  Scheme fresh = Scheme::for_type(scheme_.type, default_salt_);
  if (given == nullptr) {
    if (!key_) return Error{Reason::bad_argument, "no key"};
    if (to_sign && !may_sign_)  // it was given to verify with
      return Error{Reason::public_key_only, "signing needs the private key"};
    fresh.digest = scheme_.digest;
    fresh.mgf1_digest = scheme_.mgf1_digest;
  } else {
    if (given->public_key() == nullptr) return Error{Reason::bad_argument, "the key is empty"};
    if (given->data()->type != scheme_.type) return Error{Reason::bad_argument, "the key is of another type"};
    if (to_sign && !given->data()->device)
      return Error{Reason::bad_argument, "the private key is missing: this key was not opened by its URI"};
    if (to_sign && !given->is_private())
      return Error{Reason::public_key_only, "signing needs the private key"};
    key_ = given->shared_data();
    may_sign_ = given->is_private() && key_->device;
  }
  scheme_ = fresh;
  digest_fixed_ = false;
  hashing_ = false;
  return {};
}

Result<void> Signature::sign_init(void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(take_key(key, true));
  verification_.reset();
  return set_params(params);
}

Result<void> Signature::start_verification(Verification::Of of, const char* digest, void* key,
                                           const OSSL_PARAM params[]) {
  SESAM_CHECK(take_key(key, false));
  if (key == nullptr && of == Verification::Of::message && verification_ && verification_->is_of_message())
    return verification_->restart(digest, params);
  std::string kept;
  if (key == nullptr && verification_)
    kept = verification_->digest_name();
  else if (key == nullptr && scheme_.digest != nullptr)
    kept = scheme_.digest->name;
  if (digest == nullptr) digest = kept.c_str();
  SESAM_TRY(started, Verification::start(of, key_->public_key.get(), digest, params));
  verification_ = std::move(started);
  return {};
}

Result<void> Signature::verify_init(void* key, const OSSL_PARAM params[]) {
  return start_verification(Verification::Of::digest, nullptr, key, params);
}

Result<void> Signature::start_digest(const char* name) {
  if (name != nullptr && *name != '\0')
    SESAM_CHECK(choose_digest(name));
  else if (scheme_.digest == nullptr)
    SESAM_CHECK(choose_digest(kDefaultDigest));
  if (!hash_) hash_.reset(EVP_MD_CTX_new());
  if (!hash_ || scheme_.digest->md() == nullptr ||
      EVP_DigestInit_ex2(hash_.get(), scheme_.digest->md(), nullptr) != 1)
    return Error{Reason::internal, std::string("cannot start ") + scheme_.digest->name};
  digest_fixed_ = true;
  hashing_ = true;
  return {};
}

Result<void> Signature::digest_sign_init(const char* digest, void* key, const OSSL_PARAM params[]) {
  SESAM_CHECK(sign_init(key, params));
  return start_digest(digest);
}

Result<void> Signature::digest_verify_init(const char* digest, void* key, const OSSL_PARAM params[]) {
  return start_verification(Verification::Of::message, digest, key, params);
}

Result<void> Signature::update(const unsigned char* data, size_t length) {
  if (verification_) return verification_->update({data, length});
  if (!hashing_ || EVP_DigestUpdate(hash_.get(), data, length) != 1)
    return Error{Reason::bad_argument, "no digest operation is in progress"};
  return {};
}

Result<std::size_t> Signature::finish_digest(std::span<unsigned char> out) {
  unsigned int length = 0;
  if (!std::exchange(hashing_, false) || EVP_DigestFinal_ex(hash_.get(), out.data(), &length) != 1)
    return Error{Reason::bad_argument, "no digest operation is in progress"};
  return std::size_t{length};
}

std::size_t Signature::most_signature_bytes() const {
  return static_cast<std::size_t>(EVP_PKEY_get_size(key_->public_key.get()));
}

Result<void> Signature::check_digest_length(std::size_t length) const {
  if (length == 0) return Error{Reason::digest_mismatch, "the digest to sign is empty"};
  if (scheme_.digest == nullptr || length == scheme_.digest->size_bytes) return {};
  return Error{Reason::digest_mismatch, std::string(scheme_.digest->name) + " has " +
                                            std::to_string(scheme_.digest->size_bytes) +
                                            " bytes; the input has " + std::to_string(length)};
}

// ECDSA uses no more bits of its input than the order of the curve has (FIPS 186-5, section 6.4.1). If no
// digest is set, the input may be longer than any digest that the device knows.
std::span<const unsigned char> Signature::leftmost(std::span<const unsigned char> input) const {
  if (scheme_.digest != nullptr || scheme_.row().has_paddings) return input;
  const auto order_bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key_->public_key.get()));
  return input.first(std::min(input.size(), (order_bits + 7) / 8));
}

Result<void> Signature::sign(unsigned char* signature, size_t* length, size_t capacity,
                             const unsigned char* digest, size_t digest_length) {
  if (!is_to_sign() || length == nullptr)
    return Error{Reason::bad_argument,
                 "no key to sign with, or the pointer to the signature's length is null"};
  if (signature == nullptr) return sign_digest({}, nullptr, length, capacity);
  SESAM_CHECK(check_digest_length(digest_length));
  return sign_digest(leftmost({digest, digest_length}), signature, length, capacity);
}

Result<void> Signature::digest_sign_final(unsigned char* signature, size_t* length, size_t capacity) {
  if (!is_to_sign() || length == nullptr)
    return Error{Reason::bad_argument,
                 "no key to sign with, or the pointer to the signature's length is null"};
  if (signature == nullptr)
    return sign_digest({}, nullptr, length, capacity);  // hashing may continue after a size query
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  SESAM_TRY(digest_length, finish_digest(digest));
  return sign_digest({digest.data(), digest_length}, signature, length, capacity);
}

Result<n200::Signed> Signature::ask_device(std::span<const unsigned char> digest,
                                           std::span<unsigned char> raw,
                                           n200::Device::Clock::time_point until) const {
  std::string salt;
  if (scheme_.padding == Padding::pss) {
    SESAM_TRY(bytes, salt_bytes(scheme_, EVP_PKEY_get_bits(key_->public_key.get())));
    salt = std::to_string(bytes);
  }
  return key_->device->sign(key_->handle, to_sign(scheme_, digest, salt), raw, until);
}

Result<std::size_t> Signature::in_openssl_form(std::span<const unsigned char> raw,
                                               std::span<unsigned char> out) const {
  if (scheme_.row().signature_form == n200::SignatureForm::p1363) return der_of_p1363(raw, out);
  std::copy(raw.begin(), raw.end(), out.begin());
  return raw.size();
}

// If many threads sign, a fault in every tenth signature may hit one of them twice.
constexpr unsigned kMaxAttempts = 5;

bool Signature::is_to_be_verified() const {
  const auto which = key_->device->options().verify_signatures;
  return which == n200::Verify::yes || (which == n200::Verify::rsa && scheme_.row().leaks_when_faulty);
}

// A wrong signature may be a transient fault, so it is retried. If every attempt fails, the key may have been
// replaced. The caller's buffer is written last, as it may be the one that contains the digest.
Result<std::size_t> Signature::sign_in_device(std::span<const unsigned char> digest,
                                              std::span<unsigned char> out) const {
  std::array<unsigned char, keymgmt::kMaxSignatureBytes> buffer, signature;
  const std::span<unsigned char> raw(buffer.data(), key_->device_signature_bytes);
  const auto until = key_->device->deadline();
  for (unsigned attempt = 1;; ++attempt) {
    SESAM_TRY(made, ask_device(digest, raw, until));
    if (!is_to_be_verified() && !made.should_verify) return in_openssl_form(raw, out);
    SESAM_TRY(written, in_openssl_form(raw, signature));
    const std::span<const unsigned char> made_signature(signature.data(), written);
    SESAM_TRY(good, signature::verify(scheme_, key_->public_key.get(), digest, made_signature));
    key_->device->note_verdict(key_->handle, made, good);
    if (good) {
      std::copy(made_signature.begin(), made_signature.end(), out.begin());
      return written;
    }
    Error wrong{Reason::bad_signature,
                key_->handle.description() + ": the device's signature does not match the public key"};
    OPENSSL_cleanse(buffer.data(), raw.size());  // a wrong RSA signature may reveal the modulus's factors
    OPENSSL_cleanse(signature.data(), written);
    if (attempt == kMaxAttempts) return key_->device->replaced_or(std::move(wrong), key_->handle, until);
    key_->device->log().write(LogLevel::failures, wrong.detail + "; retrying");
  }
}

// A size query is answered from the public key; a buffer that might be too small is rejected before the
// device is called.
Result<void> Signature::sign_digest(std::span<const unsigned char> digest, unsigned char* signature,
                                    size_t* length, size_t capacity) {
  const std::size_t most = most_signature_bytes();
  *length = most;
  if (signature == nullptr) return {};
  if (capacity < most)
    return Error{Reason::buffer_too_small, "a signature takes up to " + std::to_string(most) + " bytes"};
  if (!key_->device) return Error{Reason::public_key_only, "the key is not in the device"};
  SESAM_CHECK(check_offered(scheme_));
  SESAM_TRY(written, sign_in_device(digest, {signature, capacity}));
  *length = written;
  return {};
}

Result<bool> Signature::verify(const unsigned char* signature, size_t length, const unsigned char* digest,
                               size_t digest_length) {
  if (!verification_) return Error{Reason::bad_argument, "no verification is in progress"};
  return verification_->verify({signature, length}, {digest, digest_length});
}

Result<void> Signature::verify_recover_init(void* key, const OSSL_PARAM params[]) {
  if (!scheme_.row().has_paddings) return keymgmt::not_offered("recovering what was signed", key);
  return start_verification(Verification::Of::recovery, nullptr, key, params);
}

Result<void> Signature::verify_recover(unsigned char* recovered, size_t* length, size_t capacity,
                                       const unsigned char* signature, size_t signature_length) {
  if (!verification_ || length == nullptr)
    return Error{Reason::bad_argument,
                 "no verification is in progress, or the pointer to the length is null"};
  *length = recovered != nullptr ? capacity : most_signature_bytes();
  if (recovered == nullptr) return {};
  SESAM_TRY(bytes, verification_->recover({signature, signature_length}, most_signature_bytes()));
  if (bytes.size() > capacity)
    return Error{Reason::buffer_too_small, "what was signed has " + std::to_string(bytes.size()) + " bytes"};
  std::copy(bytes.begin(), bytes.end(), recovered);
  *length = bytes.size();
  return {};
}

Result<bool> Signature::digest_verify_final(const unsigned char* signature, size_t length) {
  if (!verification_) return Error{Reason::bad_argument, "no verification is in progress"};
  return verification_->verify_message({signature, length});
}

}  // namespace sesam::signature
