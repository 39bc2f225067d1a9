// SPDX-License-Identifier: Apache-2.0
// pin_trial URI jobs|plain-jobs|workers|killed COUNT: signs once in each of COUNT jobs of one thread (with a callback, or with
// descriptors), or in each of COUNT forked processes; "killed" kills the first of them while it signs. Prints how many signed.
#define _GNU_SOURCE
#include <openssl/async.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "first_key.h"

enum { MAX_JOBS = 512 };

struct slot {
  ASYNC_JOB *job;
  ASYNC_WAIT_CTX *wait;
  int is_over, is_woken;
};

static EVP_PKEY *key;

static int sign(void *unused) {
  (void)unused;
  const int good = sign_something(key) ? 1 : 0;
  if (!good) ERR_print_errors_fp(stderr);
  return good;
}

static int on_wake(void *slot) {
  __atomic_store_n(&((struct slot *)slot)->is_woken, 1, __ATOMIC_RELEASE);
  return 1;
}

static int is_awake(struct slot *slot, int by_callback) {
  OSSL_ASYNC_FD fds[1];
  size_t count = 0;
  if (by_callback) return __atomic_exchange_n(&slot->is_woken, 0, __ATOMIC_ACQ_REL);
  ASYNC_WAIT_CTX_get_all_fds(slot->wait, NULL, &count);
  if (count != 1) return 1;
  ASYNC_WAIT_CTX_get_all_fds(slot->wait, fds, &count);
  struct pollfd one = {.fd = fds[0], .events = POLLIN};
  return poll(&one, 1, 0) == 1;
}

static int run_jobs(int count, int by_callback) {
  static struct slot slots[MAX_JOBS];
  int good = 0, over = 0;
  if (count > MAX_JOBS || ASYNC_init_thread((size_t)count, 0) != 1) return -1;
  for (int i = 0; i < count; ++i) {
    slots[i] = (struct slot){.wait = ASYNC_WAIT_CTX_new(), .is_woken = 1};
    if (by_callback) ASYNC_WAIT_CTX_set_callback(slots[i].wait, on_wake, &slots[i]);
  }
  while (over < count) {
    for (int i = 0; i < count; ++i) {
      int result = 0;
      if (slots[i].is_over || (slots[i].job != NULL && !is_awake(&slots[i], by_callback))) continue;
      const int state = ASYNC_start_job(&slots[i].job, slots[i].wait, &result, sign, NULL, 0);
      if (state == ASYNC_PAUSE) continue;
      slots[i].is_over = 1;
      ++over;
      good += state == ASYNC_FINISH && result == 1;
    }
    usleep(200);
  }
  for (int i = 0; i < count; ++i) ASYNC_WAIT_CTX_free(slots[i].wait);
  ASYNC_cleanup_thread();
  return good;
}

static int run_workers(int count, int kill_first) {
  pid_t first = 0;
  int good = 0, status = 0;
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(sign(NULL) ? 0 : 1);
    if (i > 0) continue;
    first = child;
    if (kill_first) usleep(300 * 1000);  // by then it has sent its request; the device takes longer to reply
  }
  if (kill_first) kill(first, SIGKILL);
  while (wait(&status) > 0) good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return good;
}

int main(int arguments_count, char **arguments) {
  if (arguments_count != 4) return 2;
  alarm(60);
  const char *mode = arguments[2];
  const int count = atoi(arguments[3]);
  key = first_key(OSSL_STORE_open(arguments[1], NULL, NULL, NULL, NULL));
  if (key == NULL) return 2;
  const int good = strcmp(mode, "jobs") == 0         ? run_jobs(count, 1)
                   : strcmp(mode, "plain-jobs") == 0 ? run_jobs(count, 0)
                                                     : run_workers(count, strcmp(mode, "killed") == 0);
  printf("%d\n", good);
  EVP_PKEY_free(key);
  return 0;
}
