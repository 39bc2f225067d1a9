// SPDX-License-Identifier: Apache-2.0
// Generates keys as named does, one after the other in one process: generations COUNT. Prints "made" or "failed" for each.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int generate(int number) {
  char uri[80];
  snprintf(uri, sizeof uri, "pkcs11:object=zone-ksk-%d", number);
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("pkcs11_uri", uri, 0),
                         OSSL_PARAM_construct_utf8_string("pkcs11_key_usage", "digitalSignature", 0),
                         OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", "provider=pkcs11");
  EVP_PKEY *key = NULL;
  const int made = context != NULL && EVP_PKEY_keygen_init(context) == 1 &&
                   EVP_PKEY_CTX_set_params(context, params) == 1 && EVP_PKEY_generate(context, &key) == 1;
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  return made;
}

int main(int count, char **arguments) {
  alarm(60);
  for (int i = 0; count == 2 && i < atoi(arguments[1]); ++i) puts(generate(i) ? "made" : "failed");
  ERR_print_errors_fp(stderr);
  return 0;
}
