// SPDX-License-Identifier: Apache-2.0
// Signs with a signature algorithm that includes the digest, in every way that OpenSSL 3.4 offers:
//   composite URI ALGORITHM DIGEST OTHER-URI     OTHER-URI names a key of another type
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "first_key.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))
#define REASON(text) check_reason(__LINE__, text)

static void fail(int line, const char *condition) {
  fprintf(stderr, "composite: line %d: %s\n", line, condition);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void check_reason(int line, const char *text) {
  for (const char *said; (said = ERR_reason_error_string(ERR_peek_error())) != NULL; ERR_get_error())
    if (strcmp(said, text) == 0) {
      ERR_clear_error();
      return;
    }
  fail(line, text);
}

enum { SIZE = 600 };
static const unsigned char message[] = "a message in two parts";
static const size_t length = sizeof message - 1;
static EVP_PKEY *key, *public_key;
static EVP_SIGNATURE *algorithm;
static const char *digest_name;

static EVP_PKEY *open_key(const char *uri, int type) {
  EVP_PKEY *found = expected_key(OSSL_STORE_open(uri, NULL, NULL, NULL, NULL), type);
  CHECK(found != NULL);
  return found;
}

static EVP_PKEY_CTX *context_of(EVP_PKEY *its_key) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, its_key, NULL);
  CHECK(context != NULL);
  return context;
}

// Verifies with OpenSSL's default provider.
static void check_by_openssl(const unsigned char *signature, size_t size) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  CHECK(EVP_DigestVerifyInit_ex(context, NULL, digest_name, NULL, "provider=default", public_key, NULL) == 1);
  CHECK(EVP_DigestVerify(context, signature, size, message, length) == 1);
  EVP_MD_CTX_free(context);
}

static void verify_message(const unsigned char *signature, size_t size, int expected) {
  EVP_PKEY_CTX *context = context_of(public_key);
  CHECK(EVP_PKEY_verify_message_init(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_CTX_set_signature(context, signature, size) == 1);
  CHECK(EVP_PKEY_verify_message_update(context, message, 5) == 1);
  CHECK(EVP_PKEY_verify_message_update(context, message + 5, length - 5) == 1);
  CHECK((EVP_PKEY_verify_message_final(context) == 1) == expected);
  CHECK(EVP_PKEY_verify_message_init(context, algorithm, NULL) == 1);
  CHECK((EVP_PKEY_verify(context, signature, size, message, length) == 1) == expected);
  if (!expected) ERR_clear_error();  // libcrypto's own "provider signature failure"
  CHECK(ERR_peek_error() == 0);
  CHECK(EVP_PKEY_verify_message_init(context, algorithm, NULL) == 1 && EVP_PKEY_verify_message_final(context) != 1);
  REASON("invalid argument");
  EVP_PKEY_CTX_free(context);
}

static void sign_in_parts(void) {
  unsigned char signature[SIZE];
  size_t size = 0;
  EVP_PKEY_CTX *context = context_of(key);
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_sign_message_update(context, message, 5) == 1 && EVP_PKEY_sign_message_final(context, NULL, &size) == 1 && size <= SIZE);
  EVP_PKEY_CTX *copy = EVP_PKEY_CTX_dup(context);
  CHECK(copy != NULL && EVP_PKEY_sign(copy, signature, &size, message, length) != 1);  // after an update, a one-shot call fails
  REASON("invalid argument");
  EVP_PKEY_CTX_free(copy);
  CHECK(EVP_PKEY_sign_message_update(context, message + 5, length - 5) == 1);
  CHECK(EVP_PKEY_sign_message_final(context, signature, &size) == 1 && ERR_peek_error() == 0);
  check_by_openssl(signature, size);
  verify_message(signature, size, 1);
  signature[size - 1] ^= 1;
  verify_message(signature, size, 0);
  EVP_PKEY_CTX_free(context);
}

static void sign_whole(void) {
  unsigned char signature[SIZE];
  size_t size = 0;
  EVP_PKEY_CTX *context = context_of(key);
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_sign(context, NULL, &size, message, length) == 1 && size <= SIZE);
  CHECK(EVP_PKEY_sign(context, signature, &size, message, length) == 1 && ERR_peek_error() == 0);
  check_by_openssl(signature, size);
  EVP_PKEY_CTX_free(context);
}

static void sign_digest(void) {
  unsigned char digest[EVP_MAX_MD_SIZE], signature[SIZE];
  size_t digest_size = 0, size = SIZE;
  CHECK(EVP_Q_digest(NULL, digest_name, NULL, message, length, digest, &digest_size) == 1);
  EVP_PKEY_CTX *context = context_of(key);
  CHECK(EVP_PKEY_sign_init_ex2(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_sign(context, signature, &size, digest, digest_size - 1) != 1);
  REASON("digest of the wrong length");
  size = SIZE;
  CHECK(EVP_PKEY_sign(context, signature, &size, digest, digest_size) == 1 && ERR_peek_error() == 0);
  check_by_openssl(signature, size);
  CHECK(EVP_PKEY_verify_init_ex2(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_verify(context, signature, size, digest, digest_size) == 1 && ERR_peek_error() == 0);
  EVP_PKEY_CTX_free(context);
}

// Recovers the digest from the signature, which only RSA allows.
static void recover_digest(void) {
  unsigned char digest[EVP_MAX_MD_SIZE], signature[SIZE], recovered[SIZE];
  size_t digest_size = 0, size = SIZE, recovered_size = SIZE;
  EVP_PKEY_CTX *context = context_of(key);
  if (!EVP_PKEY_is_a(key, "RSA")) {
    CHECK(EVP_PKEY_verify_recover_init_ex2(context, algorithm, NULL) != 1);
    REASON("operation not offered");
    EVP_PKEY_CTX_free(context);
    return;
  }
  CHECK(EVP_Q_digest(NULL, digest_name, NULL, message, length, digest, &digest_size) == 1);
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_sign(context, signature, &size, message, length) == 1);
  CHECK(EVP_PKEY_verify_recover_init_ex2(context, algorithm, NULL) == 1);
  CHECK(EVP_PKEY_verify_recover(context, recovered, &recovered_size, signature, size) == 1 && ERR_peek_error() == 0);
  CHECK(recovered_size == digest_size && memcmp(recovered, digest, digest_size) == 0);
  EVP_PKEY_CTX_free(context);
}

static void try_params(void) {
  char sha1[] = "SHA1", name[64], md5[] = "MD5";
  unsigned char identifier[256];
  OSSL_PARAM other_digest[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, sha1, 0), OSSL_PARAM_END};
  OSSL_PARAM unknown[] = {OSSL_PARAM_utf8_string("something-new", md5, 0), OSSL_PARAM_END};
  OSSL_PARAM wanted[] = {OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, name, sizeof name),
                         OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, identifier, sizeof identifier), OSSL_PARAM_END};
  EVP_PKEY_CTX *context = context_of(key);
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, unknown) == 1);
  CHECK(EVP_PKEY_CTX_get_params(context, wanted) == 1 && strcmp(name, digest_name) == 0 && wanted[1].return_size > 8);
  CHECK(EVP_PKEY_CTX_set_params(context, other_digest) != 1);
  REASON("unsupported signature scheme");
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, other_digest) != 1);
  REASON("unsupported signature scheme");
  EVP_PKEY_CTX_free(context);
}

static void try_another_type(const char *uri) {
  EVP_PKEY *other = open_key(uri, OSSL_STORE_INFO_PKEY);
  EVP_PKEY_CTX *context = context_of(other);
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, NULL) != 1);
  ERR_clear_error();
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(other);
  context = context_of(public_key);  // OpenSSL exports only its public part to sesam
  CHECK(EVP_PKEY_sign_message_init(context, algorithm, NULL) != 1);
  REASON("invalid argument");
  EVP_PKEY_CTX_free(context);
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  key = open_key(arguments[1], OSSL_STORE_INFO_PKEY);
  public_key = open_key(arguments[1], OSSL_STORE_INFO_PUBKEY);
  CHECK((algorithm = EVP_SIGNATURE_fetch(NULL, arguments[2], "provider=sesam")) != NULL);
  digest_name = arguments[3];
  sign_in_parts();
  sign_whole();
  sign_digest();
  recover_digest();
  try_params();
  try_another_type(arguments[4]);
  EVP_SIGNATURE_free(algorithm);
  EVP_PKEY_free(public_key);
  EVP_PKEY_free(key);
  CHECK(ERR_peek_error() == 0);
  return 0;
}
