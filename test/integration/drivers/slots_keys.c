// SPDX-License-Identifier: Apache-2.0
// Tests each function of key management and signatures.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "slots.h"

enum { PRIVATE = OSSL_KEYMGMT_SELECT_PRIVATE_KEY, PUBLIC = OSSL_KEYMGMT_SELECT_PUBLIC_KEY, PAIR = PRIVATE | PUBLIC };

static int take(const OSSL_PARAM params[], void *argument) {
  struct wanted *wanted = argument;
  const OSSL_PARAM *reference = OSSL_PARAM_locate_const(params, OSSL_OBJECT_PARAM_REFERENCE);
  CHECK(reference != NULL);
  void **key = wanted->private_key == NULL ? &wanted->private_key : &wanted->public_key;
  return (*key = wanted->load(reference->data, reference->data_size)) != NULL;
}

struct wanted load(const char *type, const char *uri) {
  const OSSL_DISPATCH *loader = table(OSSL_OP_STORE, "sesam", "");
  SLOT(loader, STORE_OPEN, store_open);
  SLOT(loader, STORE_LOAD, store_load);
  SLOT(loader, STORE_CLOSE, store_close);
  SLOT(table(OSSL_OP_KEYMGMT, type, "provider=sesam"), KEYMGMT_LOAD, keymgmt_load);
  struct wanted wanted = {.load = keymgmt_load};
  void *context = store_open(provctx, uri);
  CHECK(context != NULL && store_load(context, take, &wanted, NULL, NULL) == 1 && store_load(context, take, &wanted, NULL, NULL) == 1);
  store_close(context);
  return wanted;
}

static int count_exports(const OSSL_PARAM params[], void *count) {
  CHECK(params != NULL && OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_PRIV_KEY) == NULL &&
        OSSL_PARAM_locate_const(params, OSSL_PKEY_PARAM_RSA_D) == NULL);
  ++*(int *)count;
  return 1;
}

static void try_keymgmt(const OSSL_DISPATCH *keymgmt, struct wanted keys) {
  SLOT(keymgmt, KEYMGMT_NEW, keymgmt_new);
  SLOT(keymgmt, KEYMGMT_FREE, keymgmt_free);
  SLOT(keymgmt, KEYMGMT_LOAD, keymgmt_load);
  SLOT(keymgmt, KEYMGMT_HAS, keymgmt_has);
  SLOT(keymgmt, KEYMGMT_MATCH, keymgmt_match);
  SLOT(keymgmt, KEYMGMT_VALIDATE, keymgmt_validate);
  SLOT(keymgmt, KEYMGMT_DUP, keymgmt_dup);
  SLOT(keymgmt, KEYMGMT_GET_PARAMS, keymgmt_get_params);
  SLOT(keymgmt, KEYMGMT_GETTABLE_PARAMS, keymgmt_gettable_params);
  SLOT(keymgmt, KEYMGMT_IMPORT, keymgmt_import);
  SLOT(keymgmt, KEYMGMT_IMPORT_TYPES, keymgmt_import_types);
  SLOT(keymgmt, KEYMGMT_EXPORT, keymgmt_export);
  SLOT(keymgmt, KEYMGMT_EXPORT_TYPES, keymgmt_export_types);
  SLOT(keymgmt, KEYMGMT_QUERY_OPERATION_NAME, keymgmt_query_operation_name);
  int count = 0, bits = 0;
  void *empty = keymgmt_new(provctx);
  CHECK(empty != NULL && keymgmt_load(NULL, 0) == NULL && keymgmt_load("x", 1) == NULL);
  REASON("invalid argument");
  CHECK(keymgmt_has(NULL, PUBLIC) == 0 && keymgmt_has(empty, PUBLIC) == 0 && keymgmt_has(keys.public_key, PRIVATE) == 0 &&
        keymgmt_has(keys.private_key, PAIR) == 1);
  CHECK(keymgmt_match(keys.public_key, NULL, PUBLIC) == 0 && keymgmt_match(NULL, keys.public_key, PUBLIC) == 0 &&
        keymgmt_match(empty, empty, PUBLIC) == 0 && keymgmt_match(keys.public_key, keys.private_key, PAIR) == 1);
  CHECK(keymgmt_validate(NULL, PUBLIC, 0) == 0 && keymgmt_validate(empty, PUBLIC, 0) == 0 && keymgmt_validate(keys.private_key, PAIR, 0) == 1);
  CHECK(keymgmt_dup(NULL, PAIR) == NULL);
  void *copies[] = {keymgmt_dup(empty, PAIR), keymgmt_dup(keys.private_key, PAIR), keymgmt_dup(keys.private_key, PUBLIC)};
  CHECK(keymgmt_has(copies[0], PUBLIC) == 0 && keymgmt_has(copies[1], PAIR) == 1 && keymgmt_has(copies[2], PRIVATE) == 0);
  ERR_clear_error();
  char small[1];
  OSSL_PARAM wanted[] = {OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, &bits), OSSL_PARAM_END};
  OSSL_PARAM too_small[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, small, sizeof small), OSSL_PARAM_END};
  CHECK(keymgmt_get_params(keys.public_key, NULL) == 1 && keymgmt_get_params(keys.public_key, wanted) == 1 && bits >= 256);
  OSSL_PARAM small_name[] = {OSSL_PARAM_utf8_string("sesam-name", small, sizeof small), OSSL_PARAM_END};
  CHECK(keymgmt_get_params(keys.public_key, small_name) == 0);
  REASON("invalid argument");
  CHECK(keymgmt_get_params(empty, wanted) == 0 && keymgmt_get_params(NULL, wanted) == 0 && keymgmt_get_params(keys.public_key, too_small) == 0);
  REASON("invalid argument");
  CHECK(keymgmt_gettable_params(provctx) != NULL && keymgmt_import_types(PUBLIC) != NULL && keymgmt_export_types(PUBLIC) != NULL &&
        keymgmt_import_types(PAIR) == NULL && keymgmt_export_types(PAIR) == NULL);
  const OSSL_PARAM nothing[] = {OSSL_PARAM_END};
  CHECK(keymgmt_import(NULL, PUBLIC, nothing) == 0 && keymgmt_import(empty, PUBLIC, NULL) == 0 && keymgmt_import(empty, PAIR, nothing) == 0 &&
        keymgmt_import(keys.private_key, PUBLIC, nothing) == 0);
  CHECK(keymgmt_export(NULL, PUBLIC, count_exports, &count) == 0 && keymgmt_export(empty, PUBLIC, count_exports, &count) == 0 &&
        keymgmt_export(keys.private_key, PAIR, count_exports, &count) == 0 && count == 0);
  CHECK(keymgmt_export(keys.private_key, EVP_PKEY_PUBLIC_KEY, count_exports, &count) == 1 && count == 1);
  CHECK(keymgmt_query_operation_name(OSSL_OP_SIGNATURE) != NULL && keymgmt_query_operation_name(OSSL_OP_CIPHER) == NULL);
  for (size_t i = 0; i < 3; ++i) keymgmt_free(copies[i]);
  keymgmt_free(empty);
  keymgmt_free(NULL);
  ERR_clear_error();
}

// Parameters that are set change only this object, and only its form.
static void try_settable_params(const OSSL_DISPATCH *keymgmt, struct wanted keys) {
  SLOT(keymgmt, KEYMGMT_NEW, keymgmt_new);
  SLOT(keymgmt, KEYMGMT_FREE, keymgmt_free);
  SLOT(keymgmt, KEYMGMT_DUP, keymgmt_dup);
  SLOT(keymgmt, KEYMGMT_SET_PARAMS, keymgmt_set_params);
  SLOT(keymgmt, KEYMGMT_SETTABLE_PARAMS, keymgmt_settable_params);
  void *empty = keymgmt_new(provctx), *copy = keymgmt_dup(keys.private_key, PAIR);
  int number = 1;
  const OSSL_PARAM nothing[] = {OSSL_PARAM_END}, unknown[] = {OSSL_PARAM_int("no-such-parameter", &number), OSSL_PARAM_END},
                   bits[] = {OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, &number), OSSL_PARAM_END},
                   point[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, "x", 1), OSSL_PARAM_END},
                   form[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "nonsense", 8), OSSL_PARAM_END};
  const int is_ec = keymgmt_settable_params(provctx)[0].key != NULL;
  CHECK(keymgmt_set_params(copy, NULL) == 1 && keymgmt_set_params(copy, nothing) == 1 && keymgmt_set_params(copy, unknown) == 1);
  CHECK(keymgmt_set_params(NULL, unknown) == 0 && keymgmt_set_params(copy, bits) == 0);
  REASON("invalid argument");
  CHECK(keymgmt_set_params(copy, point) == !is_ec && keymgmt_set_params(empty, point) == !is_ec &&
        keymgmt_set_params(copy, form) == !is_ec && keymgmt_set_params(empty, form) == !is_ec);
  ERR_clear_error();
  keymgmt_free(copy);
  keymgmt_free(empty);
}

static void try_generation(const OSSL_DISPATCH *keymgmt, void *key) {
  SLOT(keymgmt, KEYMGMT_GEN_INIT, keymgmt_gen_init);
  SLOT(keymgmt, KEYMGMT_GEN_SET_TEMPLATE, keymgmt_gen_set_template);
  SLOT(keymgmt, KEYMGMT_GEN_SET_PARAMS, keymgmt_gen_set_params);
  SLOT(keymgmt, KEYMGMT_GEN_SETTABLE_PARAMS, keymgmt_gen_settable_params);
  SLOT(keymgmt, KEYMGMT_GEN, keymgmt_gen);
  SLOT(keymgmt, KEYMGMT_GEN_CLEANUP, keymgmt_gen_cleanup);
  CHECK(keymgmt_gen_init(provctx, OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS, NULL) == NULL);
  REASON("operation not offered");
  void *generation = keymgmt_gen_init(provctx, PAIR, NULL);
  int number = 1;
  OSSL_PARAM wrong[] = {OSSL_PARAM_int("sesam_uri", &number), OSSL_PARAM_END};
  CHECK(generation != NULL && keymgmt_gen_set_template(generation, NULL) == 1 && keymgmt_gen_set_template(generation, key) == 1 &&
        keymgmt_gen_set_template(NULL, key) == 0);
  CHECK(keymgmt_gen_set_params(generation, NULL) == 1 && keymgmt_gen_set_params(NULL, NULL) == 0 && keymgmt_gen_set_params(generation, wrong) == 0);
  REASON("invalid argument");
  CHECK(keymgmt_gen_settable_params(generation, provctx) != NULL && keymgmt_gen(NULL, NULL, NULL) == NULL && keymgmt_gen(generation, NULL, NULL) == NULL);
  REASON("invalid key URI");
  keymgmt_gen_cleanup(generation);
  keymgmt_gen_cleanup(NULL);
}

static void try_signing(const OSSL_DISPATCH *signature, struct wanted keys, void *other, void *empty) {
  SLOT(signature, SIGNATURE_NEWCTX, signature_newctx);
  SLOT(signature, SIGNATURE_FREECTX, signature_freectx);
  SLOT(signature, SIGNATURE_DUPCTX, signature_dupctx);
  SLOT(signature, SIGNATURE_SIGN_INIT, signature_sign_init);
  SLOT(signature, SIGNATURE_SIGN, signature_sign);
  SLOT(signature, SIGNATURE_VERIFY_INIT, signature_verify_init);
  SLOT(signature, SIGNATURE_VERIFY, signature_verify);
  SLOT(signature, SIGNATURE_SET_CTX_PARAMS, signature_set_ctx_params);
  unsigned char out[512], digest[32] = {1};
  size_t length = 0, whole;
  void *context = signature_newctx(provctx, NULL);
  CHECK(context != NULL && signature_sign_init(NULL, keys.private_key, NULL) == 0 && signature_sign_init(context, NULL, NULL) == 0 &&
        signature_sign(context, out, &length, sizeof out, digest, sizeof digest) == 0 &&
        signature_verify(context, out, sizeof out, digest, sizeof digest) == 0);
  REASON("invalid argument");
  CHECK(signature_sign_init(context, other, NULL) == 0 && signature_verify_init(context, other, NULL) == 0);  // of another type
  REASON("invalid argument");
  CHECK(signature_sign_init(context, empty, NULL) == 0);
  REASON("invalid argument");
  CHECK(signature_sign_init(context, keys.public_key, NULL) == 0);
  REASON("not a private key");
  OSSL_PARAM sha256[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, "SHA256", 6), OSSL_PARAM_END};
  CHECK(signature_sign_init(context, keys.private_key, sha256) == 1);
  CHECK(signature_sign(context, NULL, &length, 0, digest, sizeof digest) == 1 && length >= 64);
  whole = length;
  CHECK(signature_sign(context, out, NULL, sizeof out, digest, sizeof digest) == 0 && signature_sign(NULL, out, &length, 1, digest, 1) == 0);
  REASON("invalid argument");
  CHECK(signature_sign(context, out, &length, whole - 1, digest, sizeof digest) == 0);
  REASON("buffer too small");
  CHECK(signature_sign(context, out, &length, sizeof out, digest, sizeof digest - 1) == 0);
  REASON("digest of the wrong length");
  CHECK(signature_sign(context, out, &length, sizeof out, digest, sizeof digest) == 1 && length <= whole && ERR_peek_error() == 0);
  void *copy = signature_dupctx(context);
  CHECK(copy != NULL && signature_dupctx(NULL) == NULL);
  signature_freectx(context);
  CHECK(signature_verify_init(copy, NULL, NULL) == 1 && signature_verify_init(NULL, keys.public_key, NULL) == 0);
  CHECK(signature_verify(copy, out, length, digest, sizeof digest) == 1 && signature_verify(copy, out, 0, digest, sizeof digest) == 0 &&
        signature_verify(copy, NULL, 0, digest, sizeof digest) == 0 && signature_verify(NULL, out, length, digest, sizeof digest) == 0);
  digest[0] ^= 1;
  CHECK(signature_verify(copy, out, length, digest, sizeof digest) == 0);
  ERR_clear_error();
  // The key that a verification has left in a context is public, even if it is that of the device.
  OSSL_PARAM none_such[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, "none such", 9), OSSL_PARAM_END};
  void *verifier = signature_newctx(provctx, NULL);
  CHECK(signature_verify_init(verifier, keys.public_key, none_such) == 0 &&
        signature_sign(verifier, out, &length, sizeof out, digest, sizeof digest) == 0);
  REASON("invalid argument");
  CHECK(signature_verify_init(verifier, keys.public_key, NULL) == 1 && signature_sign_init(verifier, NULL, NULL) == 0);
  REASON("not a private key");
  CHECK(signature_sign(verifier, out, &length, sizeof out, digest, sizeof digest) == 0);
  REASON("invalid argument");
  CHECK(signature_verify_init(verifier, keys.private_key, NULL) == 1 && signature_sign_init(verifier, NULL, sha256) == 1 &&
        signature_sign(verifier, out, &length, sizeof out, digest, sizeof digest) == 1);
  signature_freectx(verifier);
  OSSL_PARAM md5[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, "MD5", 3), OSSL_PARAM_END};
  CHECK(signature_set_ctx_params(copy, md5) == 1 && ERR_peek_error() == 0);  // OpenSSL verifies with it
  CHECK(signature_sign_init(copy, keys.private_key, NULL) == 1 && signature_set_ctx_params(copy, md5) == 0);
  REASON("unsupported digest");
  signature_freectx(copy);
  signature_freectx(NULL);
}

static void try_recovery(const OSSL_DISPATCH *signature, struct wanted keys, int is_rsa) {
  SLOT(signature, SIGNATURE_NEWCTX, signature_newctx);
  SLOT(signature, SIGNATURE_FREECTX, signature_freectx);
  SLOT(signature, SIGNATURE_SIGN_INIT, signature_sign_init);
  SLOT(signature, SIGNATURE_SIGN, signature_sign);
  SLOT(signature, SIGNATURE_VERIFY_RECOVER_INIT, signature_verify_recover_init);
  SLOT(signature, SIGNATURE_VERIFY_RECOVER, signature_verify_recover);
  void *context = signature_newctx(provctx, NULL);
  unsigned char made[512], out[512], digest[32] = {1};
  size_t made_length = 0, length = 0;
  CHECK(signature_verify_recover(context, out, &length, sizeof out, made, 1) == 0 &&
        signature_verify_recover(NULL, out, &length, sizeof out, made, 1) == 0 && signature_verify_recover_init(NULL, NULL, NULL) == 0);
  REASON("invalid argument");
  CHECK(signature_verify_recover_init(context, keys.public_key, NULL) == is_rsa);
  if (is_rsa) {
    OSSL_PARAM sha256[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, "SHA256", 6), OSSL_PARAM_END};
    CHECK(signature_sign_init(context, keys.private_key, sha256) == 1 &&
          signature_sign(context, made, &made_length, sizeof made, digest, sizeof digest) == 1);
    CHECK(signature_verify_recover_init(context, keys.public_key, sha256) == 1);
    CHECK(signature_verify_recover(context, NULL, &length, 0, made, made_length) == 1 && length >= sizeof digest);
    CHECK(signature_verify_recover(context, out, &length, sizeof out, made, made_length) == 1 && length == sizeof digest &&
          memcmp(out, digest, sizeof digest) == 0);
    CHECK(signature_verify_recover(context, out, NULL, sizeof out, made, made_length) == 0 &&
          signature_verify_recover(context, out, &length, 8, made, made_length) == 0);
    made[0] ^= 1;
    CHECK(signature_verify_recover(context, out, &length, sizeof out, made, made_length) == 0 &&
          signature_verify_recover(context, out, &length, sizeof out, NULL, 0) == 0);
  }
  ERR_clear_error();
  signature_freectx(context);
}

static void try_digest_signing(const OSSL_DISPATCH *signature, struct wanted keys) {
  SLOT(signature, SIGNATURE_NEWCTX, signature_newctx);
  SLOT(signature, SIGNATURE_FREECTX, signature_freectx);
  SLOT(signature, SIGNATURE_DUPCTX, signature_dupctx);
  SLOT(signature, SIGNATURE_DIGEST_SIGN_INIT, signature_digest_sign_init);
  SLOT(signature, SIGNATURE_DIGEST_SIGN_UPDATE, signature_digest_sign_update);
  SLOT(signature, SIGNATURE_DIGEST_SIGN_FINAL, signature_digest_sign_final);
  SLOT(signature, SIGNATURE_DIGEST_VERIFY_INIT, signature_digest_verify_init);
  SLOT(signature, SIGNATURE_DIGEST_VERIFY_UPDATE, signature_digest_verify_update);
  SLOT(signature, SIGNATURE_DIGEST_VERIFY_FINAL, signature_digest_verify_final);
  unsigned char out[512];
  size_t length = 0;
  void *context = signature_newctx(provctx, NULL);
  CHECK(signature_digest_sign_update(context, NULL, 0) == 0 && signature_digest_sign_final(context, out, &length, sizeof out) == 0 &&
        signature_digest_verify_update(context, out, 1) == 0 && signature_digest_verify_final(context, out, 1) == 0 &&
        signature_digest_sign_init(context, NULL, NULL, NULL) == 0 && signature_digest_verify_init(context, NULL, NULL, NULL) == 0);
  REASON("invalid argument");
  CHECK(signature_digest_sign_init(context, "MD5", keys.private_key, NULL) == 0);
  REASON("unsupported digest");
  CHECK(signature_digest_sign_init(context, NULL, keys.private_key, NULL) == 1 && signature_digest_sign_update(context, NULL, 0) == 1);
  CHECK(signature_digest_sign_update(context, (const unsigned char *)"data", 4) == 1);
  CHECK(signature_digest_sign_final(context, NULL, &length, 0) == 1 && signature_digest_sign_final(context, out, NULL, sizeof out) == 0);
  REASON("invalid argument");
  void *copy = signature_dupctx(context);
  CHECK(signature_digest_sign_final(context, out, &length, 1) == 0);
  REASON("buffer too small");
  CHECK(signature_digest_sign_final(copy, out, &length, sizeof out) == 1 && signature_digest_sign_final(copy, out, &(size_t){0}, sizeof out) == 0);
  ERR_clear_error();
  CHECK(signature_digest_verify_init(context, "SHA256", keys.public_key, NULL) == 1);
  CHECK(signature_digest_verify_update(context, (const unsigned char *)"data", 4) == 1 && signature_digest_verify_final(context, out, length) == 1);
  signature_freectx(copy);
  signature_freectx(context);
  CHECK(ERR_peek_error() == 0);
}

static void try_params(const OSSL_DISPATCH *signature, void *key) {
  SLOT(signature, SIGNATURE_NEWCTX, signature_newctx);
  SLOT(signature, SIGNATURE_FREECTX, signature_freectx);
  SLOT(signature, SIGNATURE_SIGN_INIT, signature_sign_init);
  SLOT(signature, SIGNATURE_GET_CTX_PARAMS, signature_get_ctx_params);
  SLOT(signature, SIGNATURE_GETTABLE_CTX_PARAMS, signature_gettable_ctx_params);
  SLOT(signature, SIGNATURE_SET_CTX_PARAMS, signature_set_ctx_params);
  SLOT(signature, SIGNATURE_SETTABLE_CTX_PARAMS, signature_settable_ctx_params);
  void *context = signature_newctx(provctx, NULL);
  int number = 5;
  char small[1];
  unsigned char identifier[512];
  OSSL_PARAM wrong[] = {OSSL_PARAM_int(OSSL_SIGNATURE_PARAM_DIGEST, &number), OSSL_PARAM_END};
  OSSL_PARAM sha256[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, "SHA256", 6), OSSL_PARAM_END};
  OSSL_PARAM too_small[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, small, sizeof small), OSSL_PARAM_END};
  OSSL_PARAM algorithm[] = {OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, identifier, sizeof identifier), OSSL_PARAM_END};
  CHECK(signature_gettable_ctx_params(context, provctx) != NULL && signature_settable_ctx_params(context, provctx) != NULL);
  CHECK(signature_get_ctx_params(context, NULL) == 1 && signature_get_ctx_params(context, algorithm) == 1 && signature_set_ctx_params(context, NULL) == 1);
  CHECK(signature_get_ctx_params(NULL, NULL) == 0 && signature_set_ctx_params(NULL, NULL) == 0 && signature_set_ctx_params(context, wrong) == 0);
  REASON("invalid argument");
  CHECK(signature_sign_init(context, key, sha256) == 1 && signature_get_ctx_params(context, too_small) == 0);
  REASON("invalid argument");
  CHECK(signature_get_ctx_params(context, algorithm) == 1 && algorithm[0].return_size > 8);
  signature_freectx(context);
}

#ifdef OSSL_FUNC_SIGNATURE_SIGN_MESSAGE_INIT  // OpenSSL 3.4
static void try_composite(const OSSL_DISPATCH *signature, const char *type, struct wanted keys, void *other) {
  SLOT(signature, SIGNATURE_NEWCTX, signature_newctx);
  SLOT(signature, SIGNATURE_FREECTX, signature_freectx);
  SLOT(signature, SIGNATURE_DUPCTX, signature_dupctx);
  SLOT(signature, SIGNATURE_QUERY_KEY_TYPES, signature_query_key_types);
  SLOT(signature, SIGNATURE_SIGN_INIT, signature_sign_init);
  SLOT(signature, SIGNATURE_SIGN, signature_sign);
  SLOT(signature, SIGNATURE_SIGN_MESSAGE_INIT, signature_sign_message_init);
  SLOT(signature, SIGNATURE_SIGN_MESSAGE_UPDATE, signature_sign_message_update);
  SLOT(signature, SIGNATURE_SIGN_MESSAGE_FINAL, signature_sign_message_final);
  SLOT(signature, SIGNATURE_VERIFY_INIT, signature_verify_init);
  SLOT(signature, SIGNATURE_VERIFY, signature_verify);
  SLOT(signature, SIGNATURE_VERIFY_RECOVER_INIT, signature_verify_recover_init);
  SLOT(signature, SIGNATURE_VERIFY_RECOVER, signature_verify_recover);
  SLOT(signature, SIGNATURE_VERIFY_MESSAGE_INIT, signature_verify_message_init);
  SLOT(signature, SIGNATURE_VERIFY_MESSAGE_UPDATE, signature_verify_message_update);
  SLOT(signature, SIGNATURE_VERIFY_MESSAGE_FINAL, signature_verify_message_final);
  SLOT(signature, SIGNATURE_GET_CTX_PARAMS, signature_get_ctx_params);
  SLOT(signature, SIGNATURE_SET_CTX_PARAMS, signature_set_ctx_params);
  SLOT(signature, SIGNATURE_GETTABLE_CTX_PARAMS, signature_gettable_ctx_params);
  SLOT(signature, SIGNATURE_SETTABLE_CTX_PARAMS, signature_settable_ctx_params);
  unsigned char out[512], data[32] = {1};
  size_t size = 0;
  int number = 1;
  OSSL_PARAM wrong[] = {OSSL_PARAM_int(OSSL_SIGNATURE_PARAM_SIGNATURE, &number), OSSL_PARAM_END};
  CHECK(strcmp(signature_query_key_types()[0], type) == 0 && signature_query_key_types()[1] == NULL);
  void *context = signature_newctx(provctx, NULL);
  CHECK(signature_gettable_ctx_params(context, provctx) != NULL && signature_settable_ctx_params(context, provctx) != NULL);
  CHECK(signature_get_ctx_params(context, NULL) == 1 && signature_get_ctx_params(NULL, NULL) == 0 && signature_set_ctx_params(context, NULL) == 1);
  CHECK(signature_set_ctx_params(NULL, NULL) == 0 && signature_set_ctx_params(context, wrong) == 0);
  REASON("invalid argument");
  CHECK(signature_sign(context, out, &size, sizeof out, data, 32) == 0 && signature_verify(context, out, 1, data, 32) == 0);
  CHECK(signature_sign_message_update(context, data, 32) == 0 && signature_sign_message_final(context, out, &size, sizeof out) == 0);
  CHECK(signature_verify_message_update(context, data, 32) == 0 && signature_verify_message_final(context) == 0);
  CHECK(signature_sign_init(context, NULL, NULL) == 0 && signature_sign_init(context, other, NULL) == 0 && signature_sign_init(NULL, other, NULL) == 0);
  CHECK(signature_verify_init(context, NULL, NULL) == 0 && signature_verify_init(context, other, NULL) == 0);
  CHECK(signature_sign_message_init(context, NULL, NULL) == 0 && signature_sign_message_init(context, other, NULL) == 0);
  CHECK(signature_verify_message_init(context, NULL, NULL) == 0 && signature_verify_message_init(context, other, NULL) == 0);
  REASON("invalid argument");
  CHECK(signature_verify_recover(context, out, &size, sizeof out, data, 32) == 0 && signature_verify_recover_init(context, other, NULL) == 0);
  CHECK(signature_verify_recover_init(context, keys.public_key, NULL) == (strcmp(type, "RSA") == 0));
  ERR_clear_error();
  CHECK(signature_sign_message_init(context, keys.private_key, NULL) == 1 && signature_sign_message_init(context, NULL, NULL) == 1);
  CHECK(signature_sign_message_update(context, NULL, 0) == 1 && signature_sign_message_final(context, NULL, &size, 0) == 1 && size >= 64);
  void *copy = signature_dupctx(context);
  CHECK(copy != NULL && signature_dupctx(NULL) == NULL && signature_sign_message_final(context, out, &size, 1) == 0);
  REASON("buffer too small");
  CHECK(signature_sign_message_final(copy, out, &size, sizeof out) == 1 && signature_sign_message_final(copy, out, &size, sizeof out) == 0);
  REASON("invalid argument");
  OSSL_PARAM expected[] = {OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_SIGNATURE, out, size), OSSL_PARAM_END};
  CHECK(signature_verify_message_init(copy, keys.public_key, expected) == 1);
  signature_freectx(context);
  context = signature_dupctx(copy);  // with the signature
  CHECK(signature_verify_message_final(copy) == 1 && signature_verify_message_update(context, data, 1) == 1 && signature_verify_message_final(context) == 0);
  signature_freectx(context);
  signature_freectx(copy);
  signature_freectx(NULL);
  CHECK(ERR_peek_error() == 0);
}
#endif

void try_keys(const char *type, const char *signature_name, const char *uri, const char *other_type, const char *other_uri) {
  const OSSL_DISPATCH *keymgmt = table(OSSL_OP_KEYMGMT, type, "provider=sesam");
  const OSSL_DISPATCH *signature = table(OSSL_OP_SIGNATURE, signature_name, "provider=sesam");
  const struct wanted keys = load(type, uri), others = load(other_type, other_uri);
  SLOT(keymgmt, KEYMGMT_NEW, keymgmt_new);
  SLOT(keymgmt, KEYMGMT_FREE, keymgmt_free);
  void *empty = keymgmt_new(provctx);
  try_keymgmt(keymgmt, keys);
  try_settable_params(keymgmt, keys);
  try_generation(keymgmt, keys.public_key);
  try_signing(signature, keys, others.private_key, empty);
  try_recovery(signature, keys, strcmp(type, "RSA") == 0);
  try_digest_signing(signature, keys);
  try_params(signature, keys.private_key);
#ifdef OSSL_FUNC_SIGNATURE_SIGN_MESSAGE_INIT
  char composite[32];
  snprintf(composite, sizeof composite, "%s-SHA2-256", signature_name);
  try_composite(table(OSSL_OP_SIGNATURE, composite, "provider=sesam"), type, keys, others.private_key);
#endif
  void *const all[] = {empty, keys.private_key, keys.public_key, others.private_key, others.public_key};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) keymgmt_free(all[i]);
}
