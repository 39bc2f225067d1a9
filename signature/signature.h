// SPDX-License-Identifier: Apache-2.0
// Signatures as OpenSSL asks for them (provider-signature(7)): hashed here, signed in the device, verified
// here.
#pragma once

#include <openssl/core.h>

#include <iterator>
#include <memory>
#include <span>

#include "base/result.h"
#include "keymgmt/key.h"
#include "n200/context.h"
#include "n200/device.h"
#include "ossl/handles.h"
#include "signature/scheme.h"
#include "signature/verification.h"

namespace sesam::signature {

/// One signature or verification operation.
class Signature {
 public:
  template <keymgmt::KeyType Type>
  static Result<Signature*> create(void* provctx, const char*) {
    const auto& version = static_cast<const n200::Context*>(provctx)->core_version;
    return new Signature(Type, SaltLength::default_of(version));
  }
  static void release(void* context);
  Result<Signature*> dup();

  Result<void> sign_init(void* key, const OSSL_PARAM params[]);
  Result<void> sign(unsigned char* signature, size_t* length, size_t capacity, const unsigned char* digest,
                    size_t digest_length);
  Result<void> verify_init(void* key, const OSSL_PARAM params[]);
  Result<bool> verify(const unsigned char* signature, size_t length, const unsigned char* digest,
                      size_t digest_length);
  /// Recovers what was signed from an RSA signature (EVP_PKEY_verify_recover(3)). Raises not_offered for EC.
  Result<void> verify_recover_init(void* key, const OSSL_PARAM params[]);
  Result<void> verify_recover(unsigned char* recovered, size_t* length, size_t capacity,
                              const unsigned char* signature, size_t signature_length);

  Result<void> digest_sign_init(const char* digest, void* key, const OSSL_PARAM params[]);
  Result<void> update(const unsigned char* data, size_t length);
  Result<void> digest_sign_final(unsigned char* signature, size_t* length, size_t capacity);
  Result<void> digest_verify_init(const char* digest, void* key, const OSSL_PARAM params[]);
  Result<bool> digest_verify_final(const unsigned char* signature, size_t length);

  Result<void> get_params(OSSL_PARAM params[]);
  Result<void> set_params(const OSSL_PARAM params[]);

  explicit Signature(keymgmt::KeyType type, SaltLength salt = {})
      : default_salt_(salt), scheme_(Scheme::for_type(type, salt)) {}

 private:
  Result<void> take_key(void* key, bool to_sign);
  Result<void> start_verification(Verification::Of of, const char* digest, void* key,
                                  const OSSL_PARAM params[]);
  Result<void> start_digest(const char* name);
  Result<std::size_t> finish_digest(std::span<unsigned char> out);
  Result<void> check_digest_length(std::size_t length) const;
  std::span<const unsigned char> leftmost(std::span<const unsigned char> input) const;
  Result<void> choose_digest(std::string_view name);
  Result<void> choose_mgf1_digest(const OSSL_PARAM& param);
  Result<void> choose_padding(const OSSL_PARAM& param);
  Result<void> choose_salt(const OSSL_PARAM& param);
  Result<n200::Signed> ask_device(std::span<const unsigned char> digest, std::span<unsigned char> raw,
                                  n200::Device::Clock::time_point until) const;
  Result<std::size_t> in_openssl_form(std::span<const unsigned char> raw, std::span<unsigned char> out) const;
  bool is_to_be_verified() const;
  Result<std::size_t> sign_in_device(std::span<const unsigned char> digest,
                                     std::span<unsigned char> out) const;
  Result<void> sign_digest(std::span<const unsigned char> digest, unsigned char* signature, size_t* length,
                           size_t capacity);
  std::size_t most_signature_bytes() const;
  bool is_to_sign() const noexcept { return may_sign_ && !verification_; }

  std::shared_ptr<const keymgmt::KeyData> key_;
  bool may_sign_ = false;  // the object that was given was a private key in the device
  SaltLength default_salt_;
  Scheme scheme_;                               // for signing
  std::unique_ptr<Verification> verification_;  // null: signing
  ossl::MdCtx hash_;
  bool hashing_ = false;       // between digest_..._init and ..._final
  bool digest_fixed_ = false;  // by a digest_..._init: the digest can no longer be changed
};

/// The signature functions of each key type.
inline constexpr std::size_t kSignatureFunctions = 20;
extern const OSSL_DISPATCH kSignatures[std::size(keymgmt::kKeyTypes)][kSignatureFunctions];

}  // namespace sesam::signature
