// SPDX-License-Identifier: Apache-2.0
// RSA encryption and decryption as OpenSSL asks for them (provider-asym_cipher(7)): to encrypt takes a public
// key and is OpenSSL's own; to decrypt would take the device, and is refused.
#pragma once

#include <openssl/core.h>

#include "base/result.h"
#include "ossl/handles.h"

namespace sesam::asym_cipher {

/// One encryption in the making. That it is here at all is for the refusal, which names the key and the
/// reason where OpenSSL alone would say "operation not supported". Under `?provider=sesam` OpenSSL then
/// prefers it to its own for every public key: so it has to encrypt.
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
