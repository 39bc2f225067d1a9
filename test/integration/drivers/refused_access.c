// SPDX-License-Identifier: Apache-2.0
// refused_access URI THREADS SECONDS: each thread signs repeatedly for that time. Prints, once a second and at the end, the numbers
// of signatures and failures since the last line.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "first_key.h"

static EVP_PKEY *key;
enum { MAX_PRINTED = 40 };  // more could fill the pipe, which is read only at the end
static int good, bad, printed, is_over;

static void *sign(void *unused) {
  while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED)) {
    const int signed_it = sign_something(key);
    __atomic_fetch_add(signed_it ? &good : &bad, 1, __ATOMIC_RELAXED);
    if (!signed_it && __atomic_fetch_add(&printed, 1, __ATOMIC_RELAXED) < MAX_PRINTED) ERR_print_errors_fp(stderr);
    ERR_clear_error();
    if (!signed_it) usleep(1000);
  }
  return unused;
}

int main(int arguments_count, char **arguments) {
  pthread_t threads[64];
  if (arguments_count != 4) return 2;
  const int count = atoi(arguments[2]), seconds = atoi(arguments[3]);
  key = first_key(OSSL_STORE_open(arguments[1], NULL, NULL, NULL, NULL));
  if (key == NULL) return 3;
  for (int i = 0; i < count; ++i) pthread_create(&threads[i], NULL, sign, NULL);
  for (int i = 0; i < seconds; ++i) {
    sleep(1);
    printf("%d %d\n", __atomic_exchange_n(&good, 0, __ATOMIC_RELAXED), __atomic_exchange_n(&bad, 0, __ATOMIC_RELAXED));
    fflush(stdout);
  }
  __atomic_store_n(&is_over, 1, __ATOMIC_RELAXED);
  for (int i = 0; i < count; ++i) pthread_join(threads[i], NULL);
  EVP_PKEY_free(key);
  return 0;
}
