// SPDX-License-Identifier: Apache-2.0
// Opens a key and signs, then stays until its standard input ends, for whoever wants to look at its memory: resident URI [SIGNATURES]
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
  fprintf(stderr, "resident: %s\n", what);
  ERR_print_errors_fp(stderr);
  return 1;
}

static EVP_PKEY *load(const char *uri) {
  EVP_PKEY *key = NULL;
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  while (store != NULL && key == NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  return key;
}

static int sign(EVP_PKEY *key) {
  unsigned char signature[256];
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const int good = EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
                   EVP_DigestSign(context, signature, &length, (const unsigned char *)"data", 4) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

int main(int count, char **arguments) {
  const int signatures = count > 2 ? atoi(arguments[2]) : 0;
  if (count < 2) return 2;
  EVP_PKEY *key = signatures > 0 ? load(arguments[1]) : NULL;
  if (signatures > 0 && key == NULL) return fail("cannot open the key");
  if (signatures == 0 && OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1) return fail("no configuration");
  for (int i = 0; i < signatures; ++i)
    if (!sign(key)) return fail("cannot sign");
  puts("mark");
  fflush(stdout);
  while (getchar() != EOF) continue;
  EVP_PKEY_free(key);
  return 0;
}
