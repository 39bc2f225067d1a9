// SPDX-License-Identifier: Apache-2.0
// driver CNF URI [NEW OLD]: signs with the openssl.cnf given as an argument, as OpenSSL ignores OPENSSL_CONF in set-user-ID programs.
// Renames the file NEW to OLD when the provider is loaded. Prints whether the program runs as set-user-ID (AT_SECURE), and
// whether it signed.
#include <openssl/crypto.h>
#include <stdio.h>
#include <sys/auxv.h>

#include "first_key.h"

int main(int count, char **arguments) {
  if (count != 3 && count != 5) return 2;
  EVP_PKEY *key = NULL;
  const int is_loaded =
      OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1 && OSSL_LIB_CTX_load_config(NULL, arguments[1]) == 1;
  if (count == 5 && rename(arguments[3], arguments[4]) != 0) return 2;
  if (is_loaded)
    key = first_key(OSSL_STORE_open(arguments[2], NULL, NULL, NULL, NULL));
  const int signed_it = key != NULL && sign_something(key);
  ERR_print_errors_fp(stderr);
  printf("secure %d signed %d\n", getauxval(AT_SECURE) != 0, signed_it);
  EVP_PKEY_free(key);
  return 0;
}
