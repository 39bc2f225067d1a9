// SPDX-License-Identifier: Apache-2.0
// Runs OSSL_PROVIDER_self_test(3) with a callback that prints, then signs.
//   self_test URI         if the self-test fails, waits for input on stdin and runs it again
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/self_test.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *condition) {
  fprintf(stderr, "self_test: line %d: %s\n", line, condition);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static int report(const OSSL_PARAM params[], void *argument) {
  const char *words[3];
  const char *const names[] = {OSSL_PROV_PARAM_SELF_TEST_PHASE, OSSL_PROV_PARAM_SELF_TEST_TYPE, OSSL_PROV_PARAM_SELF_TEST_DESC};
  for (int i = 0; i < 3; ++i) CHECK(OSSL_PARAM_get_utf8_string_ptr(OSSL_PARAM_locate_const(params, names[i]), &words[i]) == 1);
  fprintf(argument, "%s %s %s\n", words[0], words[1], words[2]);
  return 1;
}

static void sign(const char *uri) {
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  CHECK(store != NULL && OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1);
  OSSL_STORE_INFO *info = OSSL_STORE_load(store);
  CHECK(info != NULL);
  EVP_PKEY *key = OSSL_STORE_INFO_get1_PKEY(info);
  unsigned char signature[512];
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  CHECK(EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1);
  CHECK(EVP_DigestSign(context, signature, &length, (const unsigned char *)"data", 4) == 1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  OSSL_STORE_INFO_free(info);
  OSSL_STORE_close(store);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(NULL, "sesam");
  CHECK(provider != NULL && OSSL_PROVIDER_self_test(provider) >= 0);  // without a callback
  ERR_clear_error();
  OSSL_SELF_TEST_set_callback(NULL, report, stdout);
  if (OSSL_PROVIDER_self_test(provider) != 1) {
    ERR_print_errors_fp(stdout);
    puts("failed");
    if (getchar() == EOF) return 1;
    CHECK(OSSL_PROVIDER_self_test(provider) == 1);
  }
  CHECK(ERR_peek_error() == 0);
  puts("passed");
  sign(arguments[1]);
  CHECK(OSSL_PROVIDER_unload(provider) == 1);
  return 0;
}
