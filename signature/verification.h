// SPDX-License-Identifier: Apache-2.0
// Verifications, by OpenSSL's default provider.
#pragma once

#include <openssl/core.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/hex.h"
#include "base/result.h"
#include "ossl/handles.h"

namespace sesam::signature {

/// One verification in the making: a context of OpenSSL's default provider in our own library context, which
/// gets every parameter as the caller gave it. So all paddings, digests and defaults are those of a key in a
/// file, and those that the device lacks as well; the device is not needed.
class Verification {
 public:
  enum class Of : std::uint8_t { digest, message, recovery };

  /// `digest`: null or empty for the default, which is none if it is not a message that is verified. Raises
  /// unsupported_scheme.
  static Result<std::unique_ptr<Verification>> start(Of of, EVP_PKEY* key, const char* digest,
                                                     const OSSL_PARAM params[]);
  /// Of another message, with the same key. `digest`: null or empty for the same.
  Result<void> restart(const char* digest, const OSSL_PARAM params[]);
  Result<std::unique_ptr<Verification>> dup() const;

  Result<void> set_params(const OSSL_PARAM params[]);
  Result<void> get_params(OSSL_PARAM params[]) const;
  std::string digest_name() const;  ///< empty: none

  bool is_of_message() const noexcept { return message_ != nullptr; }
  Result<void> update(std::span<const unsigned char> data);
  Result<bool> verify_message(std::span<const unsigned char> signature);
  /// Raises digest_mismatch for a digest of the wrong length.
  Result<bool> verify(std::span<const unsigned char> signature, std::span<const unsigned char> digest);
  /// What was signed: by the digest that was set, or without one the whole DigestInfo
  /// (EVP_PKEY_verify_recover(3)). Raises bad_signature where the signature is not of that form.
  Result<Bytes> recover(std::span<const unsigned char> signature, std::size_t max_bytes);

 private:
  EVP_PKEY_CTX* context() const noexcept;
  ossl::Md digest() const;

  ossl::PkeyCtx digest_;  // one of the two
  ossl::MdCtx message_;
};

}  // namespace sesam::signature
