// SPDX-License-Identifier: Apache-2.0
// Verifies signatures with OpenSSL's default provider.
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

/// One verification operation: a context of OpenSSL's default provider in our own library context, which gets
/// every parameter as the caller passed it. So all paddings, digests and defaults are those of a key in a
/// file, including those that the device lacks; the device is not needed.
class Verification {
 public:
  enum class Of : std::uint8_t { digest, message, recovery };

  /// `digest`: null or empty for the default, which is none unless a message is verified. Raises
  /// unsupported_scheme.
  static Result<std::unique_ptr<Verification>> start(Of of, EVP_PKEY* key, const char* digest,
                                                     const OSSL_PARAM params[]);
  /// Starts verifying another message with the same key. `digest`: null or empty for the same.
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
  /// Returns what was signed: the digest, or if none was set the whole DigestInfo
  /// (EVP_PKEY_verify_recover(3)). Raises bad_signature if the signature is not of that form.
  Result<Bytes> recover(std::span<const unsigned char> signature, std::size_t max_bytes);

 private:
  EVP_PKEY_CTX* context() const noexcept;
  ossl::Md digest() const;

  ossl::PkeyCtx digest_;  // this or message_ is set
  ossl::MdCtx message_;
};

}  // namespace sesam::signature
