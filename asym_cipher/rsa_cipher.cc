// SPDX-License-Identifier: Apache-2.0
#include "asym_cipher/rsa_cipher.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>
#include <utility>

#include "keymgmt/key.h"
#include "ossl/boundary.h"
#include "ossl/crypto.h"

namespace sesam::asym_cipher {
namespace {

// The parameters of OpenSSL's own provider, except those for decryption in TLS.
const OSSL_PARAM* known_params(void*, void*) {
  static const OSSL_PARAM params[] = {
      OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_PAD_MODE, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST_PROPS, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST_PROPS, nullptr, 0),
      OSSL_PARAM_octet_string(OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, nullptr, 0),
      OSSL_PARAM_END};
  return params;
}

Error failed(const char* what) { return {Reason::bad_argument, std::string("RSA encryption: ") + what}; }

}  // namespace

Result<RsaCipher*> RsaCipher::create(void*) { return new RsaCipher; }

void RsaCipher::release(void* context) { delete static_cast<RsaCipher*>(context); }

Result<RsaCipher*> RsaCipher::dup() {
  auto copy = std::make_unique<RsaCipher>();
  if (default_) {
    copy->default_.reset(EVP_PKEY_CTX_dup(default_.get()));
    if (!copy->default_) return Error{Reason::out_of_memory, {}};
  }
  return copy.release();
}

Result<void> RsaCipher::encrypt_init(void* key, const OSSL_PARAM params[]) {
  if (const auto* given = static_cast<const keymgmt::Key*>(key); given != nullptr) {
    if (given->public_key() == nullptr) return Error{Reason::bad_argument, "the key is empty"};
    default_.reset(EVP_PKEY_CTX_new_from_pkey(ossl::private_libctx(), given->public_key(), nullptr));
  }
  if (!default_ || EVP_PKEY_encrypt_init_ex(default_.get(), params) != 1) return failed("unknown parameter");
  return {};
}

Result<void> RsaCipher::encrypt(unsigned char* out, size_t* length, size_t capacity, const unsigned char* in,
                                size_t in_length) {
  if (length == nullptr) return failed("the pointer to the length is null");
  *length = capacity;
  if (!default_ || EVP_PKEY_encrypt(default_.get(), out, length, in, in_length) != 1)
    return failed("the data is too long, or the buffer too small");
  return {};
}

// Fails here rather than in decrypt(): PKCS7_decrypt(3) hides a failed decryption, to
// deny attackers an oracle, but not a failed initialization. For RSA, CMS_decrypt(3)
// hides both unless CMS_DEBUG_DECRYPT is set; the log reports the error in any case.
Result<void> RsaCipher::decrypt_init(void* key, const OSSL_PARAM[]) {
  return keymgmt::not_offered("RSA decryption", key);
}

Result<void> RsaCipher::decrypt(unsigned char*, size_t*, size_t, const unsigned char*, size_t) {
  return keymgmt::not_offered("RSA decryption", nullptr);
}

Result<void> RsaCipher::get_params(OSSL_PARAM params[]) {
  if (!default_ || EVP_PKEY_CTX_get_params(default_.get(), params) != 1) return failed("unknown parameter");
  return {};
}

Result<void> RsaCipher::set_params(const OSSL_PARAM params[]) {
  if (!default_ || EVP_PKEY_CTX_set_params(default_.get(), params) != 1)
    return failed("unknown parameter, or invalid value");
  return {};
}

const OSSL_DISPATCH kRsaCipher[] = {SESAM_BIND(asym_cipher_newctx, &RsaCipher::create),
                                    SESAM_BIND(asym_cipher_freectx, &RsaCipher::release),
                                    SESAM_BIND(asym_cipher_dupctx, &RsaCipher::dup),
                                    SESAM_BIND(asym_cipher_encrypt_init, &RsaCipher::encrypt_init),
                                    SESAM_BIND(asym_cipher_encrypt, &RsaCipher::encrypt),
                                    SESAM_BIND(asym_cipher_decrypt_init, &RsaCipher::decrypt_init),
                                    SESAM_BIND(asym_cipher_decrypt, &RsaCipher::decrypt),
                                    SESAM_BIND(asym_cipher_get_ctx_params, &RsaCipher::get_params),
                                    SESAM_BIND(asym_cipher_gettable_ctx_params, &known_params),
                                    SESAM_BIND(asym_cipher_set_ctx_params, &RsaCipher::set_params),
                                    SESAM_BIND(asym_cipher_settable_ctx_params, &known_params),
                                    SESAM_BIND_END};

}  // namespace sesam::asym_cipher
