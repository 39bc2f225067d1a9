// SPDX-License-Identifier: Apache-2.0
// Signature algorithms whose name includes the digest, such as "ECDSA-SHA256": OpenSSL 3.4 and later fetch
// them by name or OID and pass them digests or whole messages (EVP_PKEY_sign_message_init(3)). RSA uses
// PKCS#1 v1.5 padding.
#pragma once

#include <openssl/core.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/hex.h"
#include "base/result.h"
#include "keymgmt/key_types.h"
#include "signature/signature.h"

namespace sesam::signature {

// X(id, key type, digest, names): the names are those of OpenSSL's default provider. OpenSSL has none for
// ECDSA with SHA2-512/224 and SHA2-512/256.
// clang-format off
#define SESAM_COMPOSITES(X)                                                                                                   \
  X(ec_sha1, ec, "SHA1", "ECDSA-SHA1:ECDSA-SHA-1:ecdsa-with-SHA1:1.2.840.10045.4.1")                                          \
  X(ec_sha224, ec, "SHA2-224", "ECDSA-SHA2-224:ECDSA-SHA224:ecdsa-with-SHA224:1.2.840.10045.4.3.1")                           \
  X(ec_sha256, ec, "SHA2-256", "ECDSA-SHA2-256:ECDSA-SHA256:ecdsa-with-SHA256:1.2.840.10045.4.3.2")                           \
  X(ec_sha384, ec, "SHA2-384", "ECDSA-SHA2-384:ECDSA-SHA384:ecdsa-with-SHA384:1.2.840.10045.4.3.3")                           \
  X(ec_sha512, ec, "SHA2-512", "ECDSA-SHA2-512:ECDSA-SHA512:ecdsa-with-SHA512:1.2.840.10045.4.3.4")                           \
  X(ec_sha3_224, ec, "SHA3-224", "ECDSA-SHA3-224:ecdsa_with_SHA3-224:id-ecdsa-with-sha3-224:2.16.840.1.101.3.4.3.9")          \
  X(ec_sha3_256, ec, "SHA3-256", "ECDSA-SHA3-256:ecdsa_with_SHA3-256:id-ecdsa-with-sha3-256:2.16.840.1.101.3.4.3.10")         \
  X(ec_sha3_384, ec, "SHA3-384", "ECDSA-SHA3-384:ecdsa_with_SHA3-384:id-ecdsa-with-sha3-384:2.16.840.1.101.3.4.3.11")         \
  X(ec_sha3_512, ec, "SHA3-512", "ECDSA-SHA3-512:ecdsa_with_SHA3-512:id-ecdsa-with-sha3-512:2.16.840.1.101.3.4.3.12")         \
  X(rsa_sha1, rsa, "SHA1", "RSA-SHA1:RSA-SHA-1:sha1WithRSAEncryption:1.2.840.113549.1.1.5")                                   \
  X(rsa_sha224, rsa, "SHA2-224", "RSA-SHA2-224:RSA-SHA224:sha224WithRSAEncryption:1.2.840.113549.1.1.14")                     \
  X(rsa_sha256, rsa, "SHA2-256", "RSA-SHA2-256:RSA-SHA256:sha256WithRSAEncryption:1.2.840.113549.1.1.11")                     \
  X(rsa_sha384, rsa, "SHA2-384", "RSA-SHA2-384:RSA-SHA384:sha384WithRSAEncryption:1.2.840.113549.1.1.12")                     \
  X(rsa_sha512, rsa, "SHA2-512", "RSA-SHA2-512:RSA-SHA512:sha512WithRSAEncryption:1.2.840.113549.1.1.13")                     \
  X(rsa_sha512_224, rsa, "SHA2-512/224", "RSA-SHA2-512/224:RSA-SHA512-224:sha512-224WithRSAEncryption:1.2.840.113549.1.1.15") \
  X(rsa_sha512_256, rsa, "SHA2-512/256", "RSA-SHA2-512/256:RSA-SHA512-256:sha512-256WithRSAEncryption:1.2.840.113549.1.1.16") \
  X(rsa_sha3_224, rsa, "SHA3-224", "RSA-SHA3-224:id-rsassa-pkcs1-v1_5-with-sha3-224:2.16.840.1.101.3.4.3.13")                 \
  X(rsa_sha3_256, rsa, "SHA3-256", "RSA-SHA3-256:id-rsassa-pkcs1-v1_5-with-sha3-256:2.16.840.1.101.3.4.3.14")                 \
  X(rsa_sha3_384, rsa, "SHA3-384", "RSA-SHA3-384:id-rsassa-pkcs1-v1_5-with-sha3-384:2.16.840.1.101.3.4.3.15")                 \
  X(rsa_sha3_512, rsa, "SHA3-512", "RSA-SHA3-512:id-rsassa-pkcs1-v1_5-with-sha3-512:2.16.840.1.101.3.4.3.16")
// clang-format on

#define SESAM_COMPOSITE_ID(id, type, digest, names) id,
enum class CompositeId : std::uint8_t { SESAM_COMPOSITES(SESAM_COMPOSITE_ID) };
#undef SESAM_COMPOSITE_ID

struct CompositeRow {
  keymgmt::KeyType type;
  const char* digest;
  const char* names;
};
inline constexpr CompositeRow kComposites[] = {
#define SESAM_COMPOSITE_ROW(id, type, digest, names) {keymgmt::KeyType::type, digest, names},
    SESAM_COMPOSITES(SESAM_COMPOSITE_ROW)
#undef SESAM_COMPOSITE_ROW
};

/// One signature or verification operation: a Signature whose digest and padding are fixed.
class Composite {
 public:
  template <CompositeId Id>
  static Result<Composite*> create(void*, const char*) {
    return new Composite(kComposites[static_cast<std::size_t>(Id)]);
  }
  explicit Composite(const CompositeRow& row)
      : row_(row), signature_(std::make_unique<Signature>(row.type)) {}
  static void release(void* context);
  Result<Composite*> dup();

  // On a digest.
  Result<void> sign_init(void* key, const OSSL_PARAM params[]);
  Result<void> verify_init(void* key, const OSSL_PARAM params[]);
  Result<void> verify_recover_init(void* key, const OSSL_PARAM params[]);
  Result<void> verify_recover(unsigned char* recovered, size_t* length, size_t capacity,
                              const unsigned char* signature, size_t signature_length);
  // On a message.
  Result<void> sign_message_init(void* key, const OSSL_PARAM params[]);
  Result<void> verify_message_init(void* key, const OSSL_PARAM params[]);
  Result<void> update(const unsigned char* data, size_t length);
  Result<void> sign_message_final(unsigned char* signature, size_t* length, size_t capacity);
  /// Verifies the signature that was set as a parameter. Raises bad_argument if none was set.
  Result<bool> verify_message_final();
  // On either, as initialized: a message must be passed as a whole here, and only once.
  Result<void> sign(unsigned char* signature, size_t* length, size_t capacity, const unsigned char* input,
                    size_t input_length);
  Result<bool> verify(const unsigned char* signature, size_t length, const unsigned char* input,
                      size_t input_length);

  Result<void> get_params(OSSL_PARAM params[]) { return signature_->get_params(params); }
  Result<void> set_params(const OSSL_PARAM params[]);

 private:
  enum class Input : std::uint8_t { digest, message, begun_message };

  Result<void> fix_digest(const OSSL_PARAM params[]);
  Result<void> take_whole_message(const unsigned char* data, size_t length);

  const CompositeRow& row_;
  std::unique_ptr<Signature> signature_;
  Input input_ = Input::digest;
  std::optional<Bytes> expected_;  // the signature to verify
};

/// The functions of each, in the order of kComposites.
inline constexpr std::size_t kCompositeFunctions = 21;
extern const OSSL_DISPATCH kCompositeTables[std::size(kComposites)][kCompositeFunctions];

}  // namespace sesam::signature
