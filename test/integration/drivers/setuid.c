// SPDX-License-Identifier: Apache-2.0
// driver CNF URI: signs with a key under an openssl.cnf that is named here, as a set-user-ID program is told of none by its environment.
// Prints whether it is one, and whether it signed.
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/auxv.h>

#include "first_key.h"

int main(int count, char **arguments) {
  if (count != 3) return 2;
  EVP_PKEY *key = NULL;
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 && OSSL_LIB_CTX_load_config(NULL, arguments[1]) == 1)
    key = first_key(OSSL_STORE_open(arguments[2], NULL, NULL, NULL, NULL));
  const int signed_it = key != NULL && sign_something(key);
  ERR_print_errors_fp(stderr);
  printf("secure %d signed %d\n", getauxval(AT_SECURE) != 0, signed_it);
  EVP_PKEY_free(key);
  return 0;
}
