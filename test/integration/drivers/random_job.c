// SPDX-License-Identifier: Apache-2.0
// Draws random numbers in an ASYNC job, which must not pause meanwhile: libcrypto holds its generator's lock.
#include <openssl/async.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <unistd.h>

static int draw(void *unused) {
  (void)unused;
  unsigned char bytes[16];
  return RAND_bytes(bytes, sizeof bytes);
}

int main(void) {
  alarm(30);
  if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1) return 2;  // a job's stack is too small for it
  ASYNC_JOB *job = NULL;
  ASYNC_WAIT_CTX *wait = ASYNC_WAIT_CTX_new();
  int result = 0;
  const int state = ASYNC_start_job(&job, wait, &result, draw, NULL, 0);
  const int beside_it = draw(NULL);
  printf("%s %d, outside %d\n", state == ASYNC_FINISH ? "finished" : "paused", result, beside_it);
  ERR_print_errors_fp(stderr);
  fflush(stdout);
  _exit(state != ASYNC_FINISH);
}
