// SPDX-License-Identifier: Apache-2.0
// RSA encryption and decryption for OpenSSL (provider-asym_cipher(7)): encryption needs only
// the public key and is left to OpenSSL; decryption would need the device, and is refused.
#pragma once

#include <openssl/core.h>

#include "base/result.h"
#include "ossl/handles.h"

namespace sesam::asym_cipher {

/// The context of an encryption. It exists to refuse decryption with an error that names the key
/// and the reason; OpenSSL alone would report "operation not supported". With `?provider=sesam`,
/// OpenSSL then prefers it to its own for every public key, so it has to encrypt, too.
class RsaCipher {
 public:
  static Result<RsaCipher*> create(void* provctx);
  static void release(void* context);
  Result<RsaCipher*> dup();

  Result<void> encrypt_init(void* key, const OSSL_PARAM params[]);
  Result<void> encrypt(unsigned char* out, size_t* length, size_t capacity, const unsigned char* in,
                       size_t in_length);
  Result<void> decrypt_init(void* key, const OSSL_PARAM params[]);
  Result<void> decrypt(unsigned char* out, size_t* length, size_t capacity, const unsigned char* in,
                       size_t in_length);

  Result<void> get_params(OSSL_PARAM params[]);
  Result<void> set_params(const OSSL_PARAM params[]);

 private:
  ossl::PkeyCtx default_;  // OpenSSL's own, with the public key; null before encrypt_init
};

extern const OSSL_DISPATCH kRsaCipher[];

}  // namespace sesam::asym_cipher
