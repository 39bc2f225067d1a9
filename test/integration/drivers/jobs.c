// SPDX-License-Identifier: Apache-2.0
// Signs in many ASYNC jobs of one thread at the same time: jobs URI JOBS ROUNDS. Prints the largest stack use of a signature in bytes.
#include <openssl/async.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_JOBS = 512, MOST_DESCRIPTORS = 1, PAINTED = 20 * 1024, PAINT = 0xA5 };

struct slot {
  ASYNC_JOB *job;
  ASYNC_WAIT_CTX *wait;
  int rounds;
};

static EVP_PKEY *key;
static size_t deepest;

static void fail(const char *what) {
  fprintf(stderr, "jobs: %s\n", what);
  ERR_print_errors_fp(stderr);
  _exit(1);
}

// Both functions must use the same part of the stack: same caller, same frame size.
__attribute__((noinline)) static void paint(void) {
  volatile unsigned char area[PAINTED];
  for (size_t i = 0; i < sizeof area; ++i) area[i] = PAINT;
}

__attribute__((noinline)) static size_t depth(void) {
  volatile unsigned char area[PAINTED];
  __asm__ volatile("" : : "r"(area) : "memory");
  size_t untouched = 0;
  while (untouched < sizeof area && area[untouched] == PAINT) ++untouched;
  return sizeof area - untouched;
}

static int sign(void *unused) {
  (void)unused;
  unsigned char signature[256];
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) != 1) fail("cannot begin");
  paint();
  if (EVP_DigestSign(context, signature, &length, (const unsigned char *)"data", 4) != 1) fail("cannot sign");
  const size_t used = depth();
  if (used > deepest) deepest = used;
  EVP_MD_CTX_free(context);
  return 1;
}

// Returns 1 if the job has finished, 0 if it has paused.
static int go_on(struct slot *slot) {
  int result = 0;
  switch (ASYNC_start_job(&slot->job, slot->wait, &result, sign, NULL, 0)) {
    case ASYNC_PAUSE: return 0;
    case ASYNC_FINISH: return slot->job = NULL, 1;
    default: fail("ASYNC_start_job");
  }
  return 0;
}

static void wait_for_some(struct slot *slots, int count) {
  struct pollfd descriptors[MOST_JOBS * MOST_DESCRIPTORS];
  nfds_t used = 0;
  for (int i = 0; i < count; ++i) {
    OSSL_ASYNC_FD fds[MOST_DESCRIPTORS];
    size_t number = 0;
    if (slots[i].job == NULL) continue;
    ASYNC_WAIT_CTX_get_all_fds(slots[i].wait, NULL, &number);
    if (number < 1 || number > MOST_DESCRIPTORS) fail("no descriptor, or too many");
    ASYNC_WAIT_CTX_get_all_fds(slots[i].wait, fds, &number);
    for (size_t k = 0; k < number; ++k) descriptors[used++] = (struct pollfd){.fd = fds[k], .events = POLLIN};
  }
  if (used != 0 && poll(descriptors, used, 10000) <= 0) fail("no job was woken");
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  const int jobs = atoi(arguments[2]), rounds = atoi(arguments[3]);
  alarm(30);
  OSSL_STORE_CTX *store = OSSL_STORE_open(arguments[1], NULL, NULL, NULL, NULL);
  while (store != NULL && key == NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  if (key == NULL || jobs > MOST_JOBS || ASYNC_init_thread((size_t)jobs, 0) != 1) fail("cannot begin");
  static struct slot slots[MOST_JOBS];
  for (int i = 0; i < jobs; ++i) slots[i] = (struct slot){.wait = ASYNC_WAIT_CTX_new(), .rounds = rounds};
  for (int ended = 0; ended < jobs; wait_for_some(slots, jobs))
    for (int i = 0; i < jobs; ++i)
      if (slots[i].rounds > 0 && go_on(&slots[i]) && --slots[i].rounds == 0) ++ended;
  for (int i = 0; i < jobs; ++i) ASYNC_WAIT_CTX_free(slots[i].wait);
  ASYNC_cleanup_thread();
  EVP_PKEY_free(key);
  printf("%zu\n", deepest);
  return 0;
}
