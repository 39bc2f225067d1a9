// SPDX-License-Identifier: Apache-2.0
// driver URI ROUNDS: in each round, a thread signs repeatedly until it is cancelled after a few milliseconds. Prints how many threads ended as cancelled.
#define _DEFAULT_SOURCE  // usleep(3)
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "first_key.h"

static EVP_PKEY *key;

static void *sign_for_ever(void *unused) {
  for (;;) {
    int before;
    sign_something(key);
    if (pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before) != 0 || before != PTHREAD_CANCEL_ENABLE) return unused;
    ERR_clear_error();
    pthread_testcancel();
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const int rounds = atoi(arguments[2]);
  int cancelled = 0;
  alarm(60);
  key = first_key(OSSL_STORE_open(arguments[1], NULL, NULL, NULL, NULL));
  if (key == NULL) return ERR_print_errors_fp(stderr), 1;
  for (int round = 0; round < rounds; ++round) {
    pthread_t thread;
    void *result = NULL;
    if (pthread_create(&thread, NULL, sign_for_ever, NULL) != 0) return 1;
    usleep(500 + 700 * (round % 10));
    pthread_cancel(thread);
    pthread_join(thread, &result);
    cancelled += result == PTHREAD_CANCELED;
  }
  EVP_PKEY_free(key);
  printf("%d\n", cancelled);
  return 0;
}
