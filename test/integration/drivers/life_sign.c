// SPDX-License-Identifier: Apache-2.0
// Loading a key, signing, threads that sign, and the reports of hangs and crashes.
#define _GNU_SOURCE
#include <execinfo.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "life.h"

atomic_int ending;
atomic_ulong signed_by_threads;

static atomic_bool stop;
static pthread_t main_thread, workers[512];
static int workers_count;

void give_up(const char *what) {
  // While the process ends on purpose, failures in other threads than the main one are ignored.
  while (atomic_load(&ending) == ENDING_QUIETLY && !pthread_equal(pthread_self(), main_thread)) pause();
  fprintf(stderr, "life: %s\n", what);
  ERR_print_errors_fp(stderr);
  _exit(1);
}

static void wait_for_the_end(int signal) {
  (void)signal;
  for (;;) pause();
}

// Stops the other threads; otherwise the main thread might exit with status 0 before the frames are printed.
static void hold_the_others(void) {
  if (!pthread_equal(pthread_self(), main_thread)) pthread_kill(main_thread, SIGUSR1);
  for (int i = 0; i < workers_count; ++i)
    if (!pthread_equal(pthread_self(), workers[i])) pthread_kill(workers[i], SIGUSR1);
}

// From here on, only plain system calls: a stopped thread may hold any lock, including the loader's.
static void print_number(size_t number) {
  char text[] = "life: frame 0000000000000000\n";
  for (char *digit = text + sizeof text - 3; number != 0; number >>= 4) *digit-- = "0123456789abcdef"[number & 15];
  (void)!write(STDERR_FILENO, text, sizeof text - 1);
}

static void print_maps(void) {
  char piece[4096];
  const int maps = open("/proc/self/maps", O_RDONLY);
  for (ssize_t length; (length = read(maps, piece, sizeof piece)) > 0;) (void)!write(STDERR_FILENO, piece, (size_t)length);
}

static void report_and_end(const char *word, int status) {
  void *frames[64];
  const int depth = backtrace(frames, 64);
  static atomic_flag reported = ATOMIC_FLAG_INIT;
  if (atomic_flag_test_and_set(&reported)) wait_for_the_end(0);
  hold_the_others();
  (void)!write(STDERR_FILENO, word, strlen(word));
  for (int i = 0; i < depth; ++i) print_number((size_t)frames[i]);
  print_maps();
  _exit(status);
}

static void on_crash(int signal) {
  (void)signal;
  report_and_end("life: CRASHED\n", 97);
}

static void on_alarm(int signal) {
  (void)signal;
  report_and_end("life: HUNG\n", 98);
}

void set_watchdog(unsigned seconds) {
  signal(SIGALRM, on_alarm);
  alarm(seconds);
}

void report_crashes(void) {
  void *frames[4];
  backtrace(frames, 4);  // loads libgcc now, not in the crash handler
  main_thread = pthread_self();
  signal(SIGUSR1, wait_for_the_end);
  const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) signal(signals[i], on_crash);
}

EVP_PKEY *load_key(OSSL_LIB_CTX *libctx) {
  EVP_PKEY *key = NULL;
  OSSL_STORE_CTX *store = OSSL_STORE_open_ex(uri, libctx, NULL, NULL, NULL, NULL, NULL, NULL);
  while (store != NULL && key == NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  return key;
}

void certificates(int expected) {
  int found = 0;
  OSSL_STORE_CTX *store = OSSL_STORE_open_ex(uri, here.libctx, NULL, NULL, NULL, NULL, NULL, NULL);
  while (store != NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    found += info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_CERT;
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  if (found == expected) return;
  fprintf(stderr, "life: %d certificates\n", found);
  give_up("another number of certificates");
}

static bool verified(const struct place *place, const unsigned char *data, size_t length, const unsigned char *signature,
                     size_t signature_length) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const bool good = EVP_DigestVerifyInit_ex(context, NULL, "SHA256", place->libctx, NULL, place->key, NULL) == 1 &&
                    EVP_DigestVerify(context, signature, signature_length, data, length) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

bool sign_once(const struct place *place, bool verify) {
  static atomic_uint counter;
  unsigned char data[32] = {0}, signature[256];
  const unsigned number = atomic_fetch_add(&counter, 1);
  memcpy(data, &number, sizeof number);
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (context == NULL) return false;
  const bool good = EVP_DigestSignInit_ex(context, NULL, "SHA256", place->libctx, NULL, place->key, NULL) == 1 &&
                    EVP_DigestSign(context, signature, &length, data, sizeof data) == 1;
  EVP_MD_CTX_free(context);
  if (good && verify && !verified(place, data, sizeof data, signature, length)) give_up("a signature does not verify");
  return good;
}

static void *sign_until_stopped(void *unused) {
  (void)unused;
  const struct place mine = here;  // the main thread may switch to another place
  while (!atomic_load(&stop)) {
    if (sign_once(&mine, false)) {
      atomic_fetch_add(&signed_by_threads, 1);
    } else {
      if (!atomic_load(&ending)) give_up("a thread could not sign");
      if (atomic_load(&ending) == ENDING_QUIETLY) return NULL;
      ERR_clear_error();
      usleep(1000);
    }
  }
  return NULL;
}

void start_busy(int threads) {
  const unsigned long before = atomic_load(&signed_by_threads);
  atomic_store(&stop, false);
  for (workers_count = 0; workers_count < threads; ++workers_count)
    if (pthread_create(&workers[workers_count], NULL, sign_until_stopped, NULL) != 0) give_up("pthread_create");
  while (atomic_load(&signed_by_threads) < before + (unsigned long)threads) usleep(200);  // until all of them are signing
}

void stop_busy(void) {
  atomic_store(&stop, true);
  while (workers_count > 0) pthread_join(workers[--workers_count], NULL);
}
