// SPDX-License-Identifier: Apache-2.0
// driver THREADS SIGNATURES URI...: opens each URI in turn and signs SIGNATURES times in each of THREADS threads.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "first_key.h"

static int signatures;
static EVP_PKEY *key;
static int good;

static EVP_PKEY *open_key(const char *uri) {
  return first_key(OSSL_STORE_open(uri, NULL, NULL, NULL, NULL));
}

static void *sign(void *unused) {
  for (int i = 0; i < signatures; ++i) {
    if (sign_something(key))
      __atomic_fetch_add(&good, 1, __ATOMIC_RELAXED);
    else
      ERR_print_errors_fp(stderr);
  }
  return unused;
}

int main(int argc, char **argv) {
  pthread_t threads[64];
  int count = atoi(argv[1]);
  signatures = atoi(argv[2]);
  for (int uri = 3; uri < argc; ++uri) {
    key = open_key(argv[uri]);
    if (key == NULL) return 2;
    for (int i = 0; i < count; ++i) pthread_create(&threads[i], NULL, sign, NULL);
    for (int i = 0; i < count; ++i) pthread_join(threads[i], NULL);
    EVP_PKEY_free(key);
  }
  printf("%d\n", good);
  return 0;
}
