// SPDX-License-Identifier: Apache-2.0
// Threads that sign at the same time, and wait for each other before the next round: burst URI THREADS ROUNDS.
// Prints the duration of the longest round in milliseconds.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "first_key.h"

enum { MAX_THREADS = 256 };

static EVP_PKEY *key;
static pthread_barrier_t start, end;
static int rounds;

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *sign(void *unused) {
  for (int i = 0; i < rounds; ++i) {
    pthread_barrier_wait(&start);
    if (!sign_something(key)) {
      ERR_print_errors_fp(stderr);
      _Exit(1);
    }
    pthread_barrier_wait(&end);
  }
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const int threads = atoi(argv[2]);
  rounds = atoi(argv[3]);
  pthread_t ids[MAX_THREADS];
  if (threads < 1 || threads > MAX_THREADS) return 2;
  key = expected_key(OSSL_STORE_open(argv[1], NULL, NULL, NULL, NULL), OSSL_STORE_INFO_PKEY);
  if (key == NULL) {
    ERR_print_errors_fp(stderr);
    return 1;
  }
  pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
  pthread_barrier_init(&end, NULL, (unsigned)threads + 1);
  for (int i = 0; i < threads; ++i)
    if (pthread_create(&ids[i], NULL, sign, NULL) != 0) return 1;
  long longest_ms = 0;
  for (int i = 0; i < rounds; ++i) {
    const long since = now_ms();
    pthread_barrier_wait(&start);
    pthread_barrier_wait(&end);
    if (now_ms() - since > longest_ms) longest_ms = now_ms() - since;
  }
  for (int i = 0; i < threads; ++i) pthread_join(ids[i], NULL);
  EVP_PKEY_free(key);
  printf("%ld\n", longest_ms);
  return 0;
}
