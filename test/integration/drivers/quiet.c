// SPDX-License-Identifier: Apache-2.0
// Operations that send no request or fail silently, and their effect on the caller's error queue: quiet URI WORD
//   requests  prints "mark" after the key was opened and used; later operations must send no request to the device
//   errors    each operation leaves the caller's own entry and mark on the queue unchanged
//   failures  failed operations keep the caller's entry and add their own
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/store.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *uri;
static EVP_PKEY *private_key, *public_key;

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *condition) {
  fprintf(stderr, "quiet: line %d: %s\n", line, condition);
  ERR_print_errors_fp(stderr);
  _exit(1);
}

static void open_key(void) {
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  CHECK(store != NULL);
  while (!OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info == NULL) continue;
    EVP_PKEY **slot = OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY ? &private_key : &public_key;
    EVP_PKEY_free(*slot);
    *slot = OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY ? OSSL_STORE_INFO_get1_PKEY(info)
                                                                  : OSSL_STORE_INFO_get1_PUBKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  CHECK(private_key != NULL && public_key != NULL);
}

static size_t sign(unsigned char *signature, size_t capacity) {
  EVP_MD_CTX *context = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
  CHECK(EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, private_key, NULL) == 1);
  CHECK(EVP_DigestSignUpdate(context, "data", 4) == 1);
  CHECK(EVP_MD_CTX_copy_ex(copy, context) == 1);
  size_t length = 0;
  CHECK(EVP_DigestSignFinal(copy, NULL, &length) == 1 && length >= 70 && length <= capacity);
  length = capacity;
  CHECK(EVP_DigestSignFinal(copy, signature, &length) == 1);
  EVP_MD_CTX_free(copy);
  EVP_MD_CTX_free(context);
  return length;
}

static void verify(const unsigned char *signature, size_t length, EVP_PKEY *key, int expected) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  CHECK(EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1);
  CHECK(EVP_DigestVerify(context, signature, length, (const unsigned char *)"data", 4) == expected);
  EVP_MD_CTX_free(context);
}

static void open_again(void) { open_key(); }

static void duplicate(void) {
  EVP_PKEY *copy = EVP_PKEY_dup(private_key);
  CHECK(copy != NULL && EVP_PKEY_eq(copy, private_key) == 1);
  EVP_PKEY_free(copy);
}

static void match(void) { CHECK(EVP_PKEY_eq(private_key, public_key) == 1); }

static void sizes(void) {
  CHECK(EVP_PKEY_get_size(private_key) >= 70 && EVP_PKEY_get_bits(private_key) >= 256);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, private_key, NULL);
  unsigned char digest[32] = {1};
  size_t length = 0;
  CHECK(EVP_PKEY_sign_init(context) == 1 && EVP_PKEY_sign(context, NULL, &length, digest, sizeof digest) == 1 && length >= 70);
  EVP_PKEY_CTX_free(context);
}

static void public_export(void) {
  OSSL_PARAM *params = NULL;
  CHECK(EVP_PKEY_todata(public_key, EVP_PKEY_PUBLIC_KEY, &params) == 1);
  OSSL_PARAM_free(params);
  unsigned char *der = NULL;
  const int length = i2d_PUBKEY(private_key, &der);
  CHECK(length > 0);
  OPENSSL_free(der);
}

static void look(void) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, private_key, NULL);
  CHECK(EVP_PKEY_public_check(context) == 1);
  EVP_PKEY_CTX_free(context);
  char group[32];
  CHECK(EVP_PKEY_get_utf8_string_param(private_key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) == 1);
}

static void verify_known(void) {
  static unsigned char signature[256];
  static size_t length;
  if (length == 0) length = sign(signature, sizeof signature);
  verify(signature, length, public_key, 1);
  verify(signature, length, private_key, 1);
}

// Refused immediately and without an error on the queue: BIND tries this at every signature.
static void private_export(void) {
  OSSL_PARAM *params = NULL;
  const unsigned long before = ERR_peek_last_error();
  CHECK(EVP_PKEY_todata(private_key, EVP_PKEY_KEYPAIR, &params) == 0 && params == NULL);
  BIGNUM *number = NULL;
  CHECK(EVP_PKEY_get_bn_param(private_key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 0 && number == NULL);
  CHECK(ERR_peek_last_error() == before);
}

static const struct {
  const char *name;
  void (*act)(void);
} silent[] = {{"open again", open_again}, {"dup", duplicate},           {"match", match}, {"sizes", sizes},
              {"export", public_export},  {"look", look},               {"verify", verify_known},
              {"private export", private_export}};

static void all_silent(void) {
  for (size_t i = 0; i < sizeof silent / sizeof *silent; ++i) silent[i].act();
}

static void sign_once(void) {
  unsigned char signature[256];
  verify(signature, sign(signature, sizeof signature), public_key, 1);
}

enum { OWN_REASON = 77 };

// After `act`, the newest entry of the queue must be the caller's, and its mark must still be set.
static void with_own_entry(const char *name, void (*act)(void)) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, OWN_REASON);
  ERR_set_mark();
  act();
  if (ERR_GET_REASON(ERR_peek_last_error()) != OWN_REASON) fail(0, name);
  ERR_raise(ERR_LIB_USER, OWN_REASON + 1);
  CHECK(ERR_pop_to_mark() == 1);
  CHECK(ERR_GET_REASON(ERR_peek_error()) == OWN_REASON && ERR_GET_REASON(ERR_peek_last_error()) == OWN_REASON);
  ERR_get_error();
  if (ERR_peek_error() != 0) fail(0, name);
}

static void fail_to_sign(void) {
  unsigned char signature[256];
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  CHECK(EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, private_key, NULL) == 1);
  CHECK(EVP_DigestSign(context, signature, &length, (const unsigned char *)"data", 4) != 1);
  EVP_MD_CTX_free(context);
}

static void fail_to_open(void) {
  OSSL_STORE_CTX *store = OSSL_STORE_open("sesam:no-such-key", NULL, NULL, NULL, NULL);
  CHECK(store != NULL && OSSL_STORE_load(store) == NULL && OSSL_STORE_eof(store) == 0 && OSSL_STORE_load(store) == NULL && OSSL_STORE_eof(store) == 1);
  OSSL_STORE_close(store);
}

static void keeps_own_entry(void (*act)(void)) {
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, OWN_REASON);
  ERR_set_mark();
  act();
  CHECK(ERR_GET_REASON(ERR_peek_error()) == OWN_REASON);
  CHECK(ERR_GET_REASON(ERR_peek_last_error()) != OWN_REASON);
  CHECK(ERR_pop_to_mark() == 1 && ERR_GET_REASON(ERR_peek_last_error()) == OWN_REASON);
}

static void wait_for_a_line(void) {
  puts("mark");
  fflush(stdout);
  CHECK(getchar() != EOF);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  uri = arguments[1];
  alarm(30);
  open_key();
  sign_once();
  verify_known();
  CHECK(ERR_peek_error() == 0);
  wait_for_a_line();
  if (strcmp(arguments[2], "requests") == 0) {
    for (int i = 0; i < 20; ++i) all_silent();
    CHECK(ERR_peek_error() == 0);
  } else if (strcmp(arguments[2], "errors") == 0) {
    for (size_t i = 0; i < sizeof silent / sizeof *silent; ++i) with_own_entry(silent[i].name, silent[i].act);
    with_own_entry("sign", sign_once);
  } else {
    keeps_own_entry(fail_to_open);
    keeps_own_entry(fail_to_sign);
  }
  wait_for_a_line();
  EVP_PKEY_free(private_key);
  EVP_PKEY_free(public_key);
  return 0;
}
