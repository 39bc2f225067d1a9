// SPDX-License-Identifier: Apache-2.0
#include "signature/verification.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <string>
#include <string_view>
#include <vector>

#include "ossl/crypto.h"

namespace sesam::signature {
namespace {

// The provider boundary removes OpenSSL's own errors from the queue, so our error includes their reason.
Error refused(const std::string& what) {
  const char *data = "", *reason = nullptr;
  int flags = 0;
  if (const auto code = ERR_peek_last_error_all(nullptr, nullptr, nullptr, &data, &flags); code != 0)
    reason = ERR_reason_error_string(code);
  std::string text = "OpenSSL's default provider refuses " + what;
  if (reason != nullptr) text += std::string(": ") + reason;
  if (reason != nullptr && (flags & ERR_TXT_STRING) != 0 && *data != '\0')
    text += std::string(" (") + data + ")";
  return {Reason::unsupported_scheme, std::move(text)};
}

bool is_empty(const char* name) { return name == nullptr || *name == '\0'; }
const char* null_if_empty(const char* name) { return is_empty(name) ? nullptr : name; }

// Properties such as "provider=sesam" choose among the caller's providers; they mean nothing in our context.
std::vector<OSSL_PARAM> without_properties(const OSSL_PARAM params[]) {
  std::vector<OSSL_PARAM> kept;
  for (const OSSL_PARAM* p = params; p->key != nullptr; ++p)
    if (const std::string_view name = p->key;
        name != OSSL_SIGNATURE_PARAM_PROPERTIES && name != OSSL_SIGNATURE_PARAM_MGF1_PROPERTIES)
      kept.push_back(*p);
  kept.push_back(OSSL_PARAM_END);
  return kept;
}

}  // namespace

EVP_PKEY_CTX* Verification::context() const noexcept {
  return message_ ? EVP_MD_CTX_get_pkey_ctx(message_.get()) : digest_.get();
}

Result<std::unique_ptr<Verification>> Verification::start(Of of, EVP_PKEY* key, const char* digest,
                                                          const OSSL_PARAM params[]) {
  auto started = std::make_unique<Verification>();
  bool ok = false;
  if (of == Of::message) {
    started->message_.reset(EVP_MD_CTX_new());
    ok = started->message_ && EVP_DigestVerifyInit_ex(started->message_.get(), nullptr, null_if_empty(digest),
                                                      ossl::private_libctx(), nullptr, key, nullptr) == 1;
    // The caller's OpenSSL copies this context if more is to be verified.
    if (ok) EVP_MD_CTX_set_flags(started->message_.get(), EVP_MD_CTX_FLAG_FINALISE);
  } else {
    started->digest_.reset(EVP_PKEY_CTX_new_from_pkey(ossl::private_libctx(), key, nullptr));
    ok = started->digest_ && (of == Of::recovery ? EVP_PKEY_verify_recover_init(started->digest_.get())
                                                 : EVP_PKEY_verify_init(started->digest_.get())) == 1;
    std::string name = is_empty(digest) ? "" : digest;
    const OSSL_PARAM param[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name.data(), name.size()),
                                OSSL_PARAM_END};
    ok = ok && (name.empty() || EVP_PKEY_CTX_set_params(started->digest_.get(), param) == 1);
  }
  if (!ok) return refused(!is_empty(digest) ? std::string("to verify with ") + digest : "to verify");
  SESAM_CHECK(started->set_params(params));
  return started;
}

Result<void> Verification::restart(const char* digest, const OSSL_PARAM params[]) {
  if (EVP_DigestVerifyInit_ex(message_.get(), nullptr, null_if_empty(digest), ossl::private_libctx(), nullptr,
                              nullptr, nullptr) != 1)
    return refused("to verify another message");
  return set_params(params);
}

Result<std::unique_ptr<Verification>> Verification::dup() const {
  auto copy = std::make_unique<Verification>();
  bool ok = false;
  if (message_) {
    copy->message_.reset(EVP_MD_CTX_new());
    ok = copy->message_ && EVP_MD_CTX_copy_ex(copy->message_.get(), message_.get()) == 1;
  } else {
    copy->digest_.reset(EVP_PKEY_CTX_dup(digest_.get()));
    ok = copy->digest_ != nullptr;
  }
  if (!ok) return Error{Reason::out_of_memory, {}};
  return copy;
}

Result<void> Verification::set_params(const OSSL_PARAM params[]) {
  if (params == nullptr || params->key == nullptr) return {};
  const auto kept = without_properties(params);
  if (EVP_PKEY_CTX_set_params(context(), kept.data()) != 1) {
    std::string names;
    for (const auto& param : kept)
      if (param.key != nullptr) names += (names.empty() ? "'" : ", '") + std::string(param.key) + "'";
    return refused("the value of " + names + " for a verification");
  }
  return {};
}

std::string Verification::digest_name() const {
  char name[64] = "";
  OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name, sizeof name),
                         OSSL_PARAM_END};
  return EVP_PKEY_CTX_get_params(context(), params) == 1 ? name : "";
}

ossl::Md Verification::digest() const {
  const std::string name = digest_name();
  return name.empty() ? nullptr : ossl::Md(EVP_MD_fetch(ossl::private_libctx(), name.c_str(), nullptr));
}

// OpenSSL does not return "digest-size" for RSA.
Result<void> Verification::get_params(OSSL_PARAM params[]) const {
  if (params == nullptr) return {};
  if (EVP_PKEY_CTX_get_params(context(), params) != 1) return refused("to return the parameters");
  OSSL_PARAM* size = OSSL_PARAM_locate(params, OSSL_SIGNATURE_PARAM_DIGEST_SIZE);
  if (size == nullptr || OSSL_PARAM_modified(size) != 0) return {};
  if (const ossl::Md known = digest();
      known && OSSL_PARAM_set_size_t(size, static_cast<std::size_t>(EVP_MD_get_size(known.get()))) != 1)
    return Error{Reason::bad_argument, std::string("parameter '") + size->key + "' has the wrong type"};
  return {};
}

Result<void> Verification::update(std::span<const unsigned char> data) {
  if (!message_ || EVP_DigestVerifyUpdate(message_.get(), data.data(), data.size()) != 1)
    return Error{Reason::bad_argument, "no digest operation is in progress"};
  return {};
}

Result<bool> Verification::verify_message(std::span<const unsigned char> signature) {
  if (!message_) return Error{Reason::bad_argument, "no digest operation is in progress"};
  return EVP_DigestVerifyFinal(message_.get(), signature.data(), signature.size()) == 1;
}

Result<bool> Verification::verify(std::span<const unsigned char> signature,
                                  std::span<const unsigned char> digest) {
  if (EVP_PKEY_verify(context(), signature.data(), signature.size(), digest.data(), digest.size()) == 1)
    return true;
  if (const ossl::Md known = this->digest();
      known && digest.size() != static_cast<std::size_t>(EVP_MD_get_size(known.get())))
    return Error{Reason::digest_mismatch, std::string(EVP_MD_get0_name(known.get())) + " has " +
                                              std::to_string(EVP_MD_get_size(known.get())) +
                                              " bytes; the input has " + std::to_string(digest.size())};
  return false;
}

Result<Bytes> Verification::recover(std::span<const unsigned char> signature, std::size_t max_bytes) {
  Bytes recovered(max_bytes);
  std::size_t length = recovered.size();
  if (EVP_PKEY_verify_recover(context(), recovered.data(), &length, signature.data(), signature.size()) != 1)
    return Error{Reason::bad_signature, "it is not an RSA signature of that key, padding and digest"};
  recovered.resize(length);
  return recovered;
}

}  // namespace sesam::signature
