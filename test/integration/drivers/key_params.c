// SPDX-License-Identifier: Apache-2.0
// Prints the parameters that sesam's keys have in addition to OpenSSL's own, for the private key, the public key and an imported
// copy of the public key.   key_params URI
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "first_key.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *condition) {
  fprintf(stderr, "key_params: line %d: %s\n", line, condition);
  ERR_print_errors_fp(stderr);
  exit(1);
}

// Without the property, OpenSSL would load the public key into its default provider.
static EVP_PKEY *open_key(const char *uri, int type) {
  EVP_PKEY *found =
      expected_key(OSSL_STORE_open_ex(uri, NULL, "?provider=sesam", NULL, NULL, NULL, NULL, NULL), type);
  CHECK(found != NULL);
  return found;
}

static EVP_PKEY *imported(EVP_PKEY *key) {
  EVP_PKEY *ours = NULL;
  OSSL_PARAM *params = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, EVP_PKEY_get0_type_name(key), "provider=sesam");
  CHECK(EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &params) == 1 && EVP_PKEY_fromdata_init(context) == 1);
  CHECK(EVP_PKEY_fromdata(context, &ours, EVP_PKEY_PUBLIC_KEY, params) == 1);
  OSSL_PARAM_free(params);
  EVP_PKEY_CTX_free(context);
  return ours;
}

static void print(const char *which, EVP_PKEY *key) {
  const char *const texts[] = {"sesam-key-id", "sesam-name", "sesam-uri"};
  const char *const numbers[] = {"sesam-core", "security-category"};
  const OSSL_PARAM *gettable = EVP_PKEY_gettable_params(key);
  for (size_t i = 0; i < 3; ++i) {
    char text[1024] = "";
    CHECK(OSSL_PARAM_locate_const(gettable, texts[i]) != NULL);
    if (EVP_PKEY_get_utf8_string_param(key, texts[i], text, sizeof text, NULL) == 1) printf("%s %s: %s\n", which, texts[i], text);
  }
  for (size_t i = 0; i < 2; ++i) {
    int number = -1;
    CHECK(OSSL_PARAM_locate_const(gettable, numbers[i]) != NULL);
    if (EVP_PKEY_get_int_param(key, numbers[i], &number) == 1) printf("%s %s: %d\n", which, numbers[i], number);
  }
  char small[2], priv[64];
  size_t needed = 0;
  CHECK(EVP_PKEY_get_utf8_string_param(key, "sesam-name", NULL, 0, &needed) != 1 || needed > 0);
  CHECK(EVP_PKEY_get_utf8_string_param(key, "sesam-name", small, sizeof small, NULL) != 1);
  CHECK(EVP_PKEY_get_octet_string_param(key, "priv", (unsigned char *)priv, sizeof priv, NULL) != 1);
  ERR_clear_error();
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  EVP_PKEY *private_key = open_key(arguments[1], OSSL_STORE_INFO_PKEY), *public_key = open_key(arguments[1], OSSL_STORE_INFO_PUBKEY);
  EVP_PKEY *copy = imported(public_key);
  print("private", private_key);
  print("public", public_key);
  print("imported", copy);
  EVP_PKEY_free(copy);
  EVP_PKEY_free(public_key);
  EVP_PKEY_free(private_key);
  return 0;
}
