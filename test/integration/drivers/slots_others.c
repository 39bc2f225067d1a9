// SPDX-License-Identifier: Apache-2.0
// Tests each function for random numbers and encryption, and the operations that sesam does not offer.
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "slots.h"

static void try_generator(const OSSL_DISPATCH *rand, void *context) {
  SLOT(rand, RAND_INSTANTIATE, rand_instantiate);
  SLOT(rand, RAND_UNINSTANTIATE, rand_uninstantiate);
  SLOT(rand, RAND_GENERATE, rand_generate);
  SLOT(rand, RAND_RESEED, rand_reseed);
  unsigned char out[64] = {0};
  CHECK(rand_instantiate(NULL, 0, 0, NULL, 0, NULL) == 0 && rand_uninstantiate(NULL) == 0 && rand_reseed(NULL, 0, NULL, 0, NULL, 0) == 0);
  CHECK(rand_generate(NULL, out, sizeof out, 0, 0, NULL, 0) == 0 && rand_generate(context, out, sizeof out, 0, 0, NULL, 0) == 0);
  REASON("invalid argument");
  CHECK(rand_reseed(context, 0, NULL, 0, NULL, 0) == 0 && rand_instantiate(context, 100000, 0, NULL, 0, NULL) == 0);
  REASON("invalid argument");
  CHECK(rand_instantiate(context, 256, 0, NULL, 0, NULL) == 1 && rand_generate(context, out, sizeof out, 100000, 0, NULL, 0) == 0);
  REASON("invalid argument");
  CHECK(rand_generate(context, out, sizeof out, 256, 1, NULL, 0) == 1 && rand_generate(context, NULL, 0, 256, 0, NULL, 0) == 1);
  CHECK(rand_reseed(context, 1, NULL, 0, NULL, 0) == 1 && rand_uninstantiate(context) == 1);
  CHECK(rand_generate(context, out, sizeof out, 0, 0, NULL, 0) == 0);
  ERR_clear_error();
}

static void try_seed(const OSSL_DISPATCH *rand, void *context) {
  SLOT(rand, RAND_GET_SEED, rand_get_seed);
  SLOT(rand, RAND_CLEAR_SEED, rand_clear_seed);
  unsigned char *seed = NULL;
  CHECK(rand_get_seed(NULL, &seed, 128, 16, 64, 0, NULL, 0) == 0 && rand_get_seed(context, &seed, 1024, 16, 64, 0, NULL, 0) == 0);
  REASON("invalid argument");
  CHECK(rand_get_seed(context, &seed, 0, 0, 64, 0, NULL, 0) == 0 && seed == NULL);
  REASON("invalid argument");
  CHECK(rand_get_seed(context, NULL, 128, 16, 64, 0, NULL, 0) == 0);
  REASON("invalid argument");
  CHECK(rand_get_seed(context, &seed, 129, 16, 64, 0, NULL, 0) == 17 && seed != NULL);
  rand_clear_seed(context, seed, 17);
  rand_clear_seed(context, NULL, 0);
}

static void try_random(void) {
  const OSSL_DISPATCH *rand = table(OSSL_OP_RAND, "SESAM-RAND", "");
  SLOT(rand, RAND_NEWCTX, rand_newctx);
  SLOT(rand, RAND_FREECTX, rand_freectx);
  SLOT(rand, RAND_ENABLE_LOCKING, rand_enable_locking);
  SLOT(rand, RAND_LOCK, rand_lock);
  SLOT(rand, RAND_UNLOCK, rand_unlock);
  SLOT(rand, RAND_GETTABLE_CTX_PARAMS, rand_gettable_ctx_params);
  SLOT(rand, RAND_GET_CTX_PARAMS, rand_get_ctx_params);
  SLOT(rand, RAND_VERIFY_ZEROIZATION, rand_verify_zeroization);
  void *context = rand_newctx(provctx, NULL, NULL);
  CHECK(context != NULL && rand_enable_locking(context) == 1 && rand_lock(context) == 1 && rand_verify_zeroization(context) == 1);
  rand_unlock(context);
  CHECK(rand_gettable_ctx_params(context, provctx) != NULL && rand_get_ctx_params(context, NULL) == 1 && rand_get_ctx_params(NULL, NULL) == 0);
  const char *const names[] = {OSSL_RAND_PARAM_STATE, OSSL_RAND_PARAM_STRENGTH, OSSL_RAND_PARAM_MAX_REQUEST};
  for (size_t i = 0; i < 3; ++i) {
    char text[8];
    OSSL_PARAM wrong[] = {OSSL_PARAM_utf8_string(names[i], text, sizeof text), OSSL_PARAM_END};
    CHECK(rand_get_ctx_params(context, wrong) == 0);
    REASON("invalid argument");
  }
  try_generator(rand, context);
  try_seed(rand, context);
  rand_freectx(context);
  rand_freectx(NULL);
}

static void try_encryption(const OSSL_DISPATCH *cipher, void *key, void *other) {
  SLOT(cipher, ASYM_CIPHER_NEWCTX, asym_cipher_newctx);
  SLOT(cipher, ASYM_CIPHER_FREECTX, asym_cipher_freectx);
  SLOT(cipher, ASYM_CIPHER_DUPCTX, asym_cipher_dupctx);
  SLOT(cipher, ASYM_CIPHER_ENCRYPT_INIT, asym_cipher_encrypt_init);
  SLOT(cipher, ASYM_CIPHER_ENCRYPT, asym_cipher_encrypt);
  unsigned char out[512];
  const unsigned char text[] = "text";
  size_t length = 0;
  void *context = asym_cipher_newctx(provctx), *empty_copy = asym_cipher_dupctx(context);
  CHECK(context != NULL && empty_copy != NULL && asym_cipher_dupctx(NULL) == NULL && asym_cipher_encrypt_init(NULL, key, NULL) == 0);
  CHECK(asym_cipher_encrypt_init(context, NULL, NULL) == 0 && asym_cipher_encrypt(empty_copy, out, &length, sizeof out, text, 4) == 0);
  REASON("invalid argument");
  CHECK(asym_cipher_encrypt_init(context, other, NULL) == 0);  // of another type
  REASON("invalid argument");
  CHECK(asym_cipher_encrypt_init(context, key, NULL) == 1 && asym_cipher_encrypt(context, NULL, &length, 0, text, 4) == 1 && length == 256);
  CHECK(asym_cipher_encrypt(context, out, &length, 255, text, 4) == 0 && asym_cipher_encrypt(context, out, NULL, sizeof out, text, 4) == 0 &&
        asym_cipher_encrypt(context, NULL, NULL, 0, text, 4) == 0);
  REASON("invalid argument");
  CHECK(asym_cipher_encrypt(context, out, &length, sizeof out, out, 300) == 0);  // text too long
  REASON("invalid argument");
  void *copy = asym_cipher_dupctx(context);
  asym_cipher_freectx(context);
  CHECK(asym_cipher_encrypt(copy, out, &length, sizeof out, text, 4) == 1 && length == 256 && asym_cipher_encrypt_init(copy, NULL, NULL) == 1);
  asym_cipher_freectx(copy);
  asym_cipher_freectx(empty_copy);
  asym_cipher_freectx(NULL);
}

static void try_cipher_params(const OSSL_DISPATCH *cipher, void *key) {
  SLOT(cipher, ASYM_CIPHER_NEWCTX, asym_cipher_newctx);
  SLOT(cipher, ASYM_CIPHER_FREECTX, asym_cipher_freectx);
  SLOT(cipher, ASYM_CIPHER_ENCRYPT_INIT, asym_cipher_encrypt_init);
  SLOT(cipher, ASYM_CIPHER_DECRYPT_INIT, asym_cipher_decrypt_init);
  SLOT(cipher, ASYM_CIPHER_DECRYPT, asym_cipher_decrypt);
  SLOT(cipher, ASYM_CIPHER_GET_CTX_PARAMS, asym_cipher_get_ctx_params);
  SLOT(cipher, ASYM_CIPHER_GETTABLE_CTX_PARAMS, asym_cipher_gettable_ctx_params);
  SLOT(cipher, ASYM_CIPHER_SET_CTX_PARAMS, asym_cipher_set_ctx_params);
  SLOT(cipher, ASYM_CIPHER_SETTABLE_CTX_PARAMS, asym_cipher_settable_ctx_params);
  unsigned char out[16];
  size_t length = 0;
  void *context = asym_cipher_newctx(provctx);
  OSSL_PARAM wrong[] = {OSSL_PARAM_utf8_string(OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, "none such", 9), OSSL_PARAM_END};
  CHECK(asym_cipher_gettable_ctx_params(context, provctx) != NULL && asym_cipher_settable_ctx_params(context, provctx) != NULL);
  CHECK(asym_cipher_get_ctx_params(context, NULL) == 0 && asym_cipher_set_ctx_params(context, wrong) == 0);
  REASON("invalid argument");
  CHECK(asym_cipher_encrypt_init(context, key, NULL) == 1 && asym_cipher_set_ctx_params(context, wrong) == 0);
  REASON("invalid argument");
  CHECK(asym_cipher_get_ctx_params(NULL, NULL) == 0 && asym_cipher_set_ctx_params(NULL, NULL) == 0);
  CHECK(asym_cipher_decrypt_init(context, key, NULL) == 0);
  REASON("operation not offered");
  CHECK(asym_cipher_decrypt_init(context, NULL, NULL) == 0 && asym_cipher_decrypt(context, out, &length, sizeof out, out, sizeof out) == 0);
  REASON("operation not offered");
  asym_cipher_freectx(context);
}

static void try_exchange(void *key) {
  const OSSL_DISPATCH *exchange = table(OSSL_OP_KEYEXCH, "ECDH", "");
  SLOT(exchange, KEYEXCH_NEWCTX, keyexch_newctx);
  SLOT(exchange, KEYEXCH_FREECTX, keyexch_freectx);
  SLOT(exchange, KEYEXCH_INIT, keyexch_init);
  SLOT(exchange, KEYEXCH_DERIVE, keyexch_derive);
  unsigned char secret[32];
  size_t length = 0;
  void *context = keyexch_newctx(provctx);
  CHECK(context != NULL && keyexch_init(context, key, NULL) == 0);
  REASON("operation not offered");
  CHECK(keyexch_init(context, NULL, NULL) == 0 && keyexch_derive(context, secret, &length, sizeof secret) == 0 &&
        keyexch_derive(context, NULL, &length, 0) == 0);
  REASON("operation not offered");
  keyexch_freectx(context);
  keyexch_freectx(NULL);
}

void try_others(void *ec_key, void *rsa_key) {
  try_random();
  const OSSL_DISPATCH *cipher = table(OSSL_OP_ASYM_CIPHER, "RSA", "");
  try_encryption(cipher, rsa_key, ec_key);
  try_cipher_params(cipher, rsa_key);
  try_exchange(ec_key);
  CHECK(ERR_peek_error() == 0);
}
