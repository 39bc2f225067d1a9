// SPDX-License-Identifier: Apache-2.0
// Opens a key and signs, prints "mark", then waits for the end of its standard input so that a test can inspect its memory: resident URI [SIGNATURES]
#include <stdio.h>
#include <stdlib.h>

#include "first_key.h"

static int fail(const char *what) {
  fprintf(stderr, "resident: %s\n", what);
  ERR_print_errors_fp(stderr);
  return 1;
}

int main(int count, char **arguments) {
  const int signatures = count > 2 ? atoi(arguments[2]) : 0;
  if (count < 2) return 2;
  EVP_PKEY *key = signatures > 0 ? first_key(OSSL_STORE_open(arguments[1], NULL, NULL, NULL, NULL)) : NULL;
  if (signatures > 0 && key == NULL) return fail("cannot open the key");
  if (signatures == 0 && OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1) return fail("no configuration");
  for (int i = 0; i < signatures; ++i)
    if (!sign_something(key)) return fail("cannot sign");
  puts("mark");
  fflush(stdout);
  while (getchar() != EOF) continue;
  EVP_PKEY_free(key);
  return 0;
}
