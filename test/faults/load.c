// SPDX-License-Identifier: Apache-2.0
// Uses keys in threads during faults: load SECONDS KIND=URI[*THREADS]… (sign, open, list, generate). Prints
// "ready", waits for a line on stdin, works for SECONDS or until another line, then prints JSON: peak memory before and after, and
// per KIND the calls, failures, wrong results, longest and 99th percentile times and failure reasons.
#define _GNU_SOURCE
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 4, MOST_THREADS = 256, MOST_REASONS = 16, REASON_BYTES = 120, PAUSE_US = 10000,
       WAIT_BUCKETS = 20000 };

static const char *const kind_names[KINDS] = {"sign", "open", "list", "generate"};

struct tally {
  unsigned long tried, failed, wrong;
  double longest_s;
  unsigned waits[WAIT_BUCKETS];  // by duration in milliseconds
  char reasons[MOST_REASONS][REASON_BYTES];
  unsigned long reason_counts[MOST_REASONS];
};

struct work {
  int kind;
  const char *uri;
  EVP_PKEY *key;      // sign: the private key
  EVP_PKEY *foreign;  // sign, open: the public key in OpenSSL's default provider, made before the faults
  int listed;         // list: the number of objects before the faults
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct tally tallies[KINDS];
static atomic_bool stop;
static atomic_uint counter;

static void give_up(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  ERR_print_errors_fp(stderr);
  _Exit(1);
}

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// Reads all objects of the URI. Returns the first key, or NULL; `*found` is the number of objects.
static EVP_PKEY *open_key(const char *uri, int *found) {
  EVP_PKEY *key = NULL;
  *found = 0;
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  while (store != NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info == NULL) continue;
    ++*found;
    if (key == NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  return key;
}

// Returns the same public key in OpenSSL's default provider, which verifies signatures without sesam.
static EVP_PKEY *public_copy(EVP_PKEY *key) {
  unsigned char *der = NULL;
  const int length = i2d_PUBKEY(key, &der);
  if (length <= 0) return NULL;
  const unsigned char *at = der;
  EVP_PKEY *copy = d2i_PUBKEY_ex(NULL, &at, length, NULL, "provider=default");
  OPENSSL_free(der);
  return copy;
}

static bool verifies(EVP_PKEY *key, const unsigned char *data, size_t length, const unsigned char *signature,
                     size_t signature_length) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const bool good = EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, "provider=default", key, NULL) == 1 &&
                    EVP_DigestVerify(context, signature, signature_length, data, length) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

enum outcome { GOOD, FAILED, WRONG };

static enum outcome sign(const struct work *work) {
  unsigned char signature[1024];
  const unsigned data[2] = {atomic_fetch_add(&counter, 1), 0};
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const bool done = EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, work->key, NULL) == 1 &&
                    EVP_DigestSign(context, signature, &length, (const unsigned char *)data, sizeof data) == 1;
  EVP_MD_CTX_free(context);
  if (!done) return FAILED;
  return verifies(work->foreign, (const unsigned char *)data, sizeof data, signature, length) ? GOOD : WRONG;
}

static enum outcome open_again(const struct work *work) {
  int found;
  EVP_PKEY *key = open_key(work->uri, &found);
  if (key == NULL) return FAILED;
  EVP_PKEY *copy = public_copy(key);
  const bool same = copy != NULL && EVP_PKEY_eq(copy, work->foreign) == 1;
  EVP_PKEY_free(copy);
  EVP_PKEY_free(key);
  return same ? GOOD : WRONG;
}

// A listing that ends early must raise an error.
static enum outcome list(const struct work *work) {
  int found;
  EVP_PKEY_free(open_key(work->uri, &found));
  if (ERR_peek_error() != 0) return FAILED;
  return found == work->listed ? GOOD : WRONG;
}

// The program that runs this one checks for duplicate names.
static enum outcome generate(const struct work *work) {
  char uri[256], group[] = "P-256";
  snprintf(uri, sizeof uri, "%s-%u", work->uri, atomic_fetch_add(&counter, 1));
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("group", group, 0),
                               OSSL_PARAM_construct_utf8_string("sesam_uri", uri, 0), OSSL_PARAM_END};
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", "provider=sesam");
  const bool done = context != NULL && EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_CTX_set_params(context, params) == 1 &&
                    EVP_PKEY_generate(context, &key) == 1;
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  return done ? GOOD : FAILED;
}

static enum outcome (*const actions[KINDS])(const struct work *work) = {sign, open_again, list, generate};

// The newest error of sesam; a failure without one is reported as "nothing said".
static void reason_of_failure(char *reason) {
  const char *text = NULL;
  for (unsigned long error; (error = ERR_get_error()) != 0;) {
    const char *library = ERR_lib_error_string(error);
    if (library == NULL || strcmp(library, "sesam") == 0) text = ERR_reason_error_string(error);
  }
  snprintf(reason, REASON_BYTES, "%s", text != NULL ? text : "nothing said");
}

static void count(struct tally *tally, enum outcome outcome, double took_s, const char *reason) {
  ++tally->tried;
  tally->wrong += outcome == WRONG;
  tally->failed += outcome == FAILED;
  if (took_s > tally->longest_s) tally->longest_s = took_s;
  ++tally->waits[took_s * 1000 < WAIT_BUCKETS ? (int)(took_s * 1000) : WAIT_BUCKETS - 1];
  if (outcome != FAILED) return;
  for (int i = 0; i < MOST_REASONS; ++i) {
    if (tally->reasons[i][0] == '\0') strcpy(tally->reasons[i], reason);
    if (strcmp(tally->reasons[i], reason) != 0) continue;
    ++tally->reason_counts[i];
    return;
  }
}

static void *work_until_stopped(void *argument) {
  const struct work *work = argument;
  while (!atomic_load(&stop)) {
    char reason[REASON_BYTES] = "";
    ERR_clear_error();
    const double start = now_s();
    const enum outcome outcome = actions[work->kind](work);
    const double took_s = now_s() - start;
    if (outcome == FAILED) reason_of_failure(reason);
    pthread_mutex_lock(&mutex);
    count(&tallies[work->kind], outcome, took_s, reason);
    pthread_mutex_unlock(&mutex);
    if (outcome == FAILED) usleep(PAUSE_US);  // otherwise immediate failures would outnumber all else
  }
  return NULL;
}

static struct work *prepare(int kind, const char *uri) {
  struct work *work = calloc(1, sizeof *work);
  work->kind = kind;
  work->uri = uri;
  if (actions[kind] == generate) return work;
  work->key = open_key(uri, &work->listed);
  if (actions[kind] == list) return work;
  if (work->key == NULL || (work->foreign = public_copy(work->key)) == NULL) give_up("cannot open %s", uri);
  if (actions[kind] == sign && sign(work) != GOOD) give_up("cannot sign with %s", uri);
  return work;
}

// Parses KIND=URI[*THREADS].
static struct work *parse(char *word, int *times) {
  char *uri = strchr(word, '=');
  if (uri == NULL) give_up("%s: KIND=URI[*THREADS] is wanted", word);
  *uri++ = '\0';
  char *star = strrchr(uri, '*');
  *times = star != NULL ? atoi(star + 1) : 1;
  if (star != NULL) *star = '\0';
  for (int kind = 0; kind < KINDS; ++kind)
    if (strcmp(kind_names[kind], word) == 0) return prepare(kind, uri);
  give_up("%s: no such kind", word);
  return NULL;
}

// The 99th percentile of the durations, in milliseconds.
static int p99_ms(const struct tally *tally) {
  unsigned long beyond = 0;
  int ms = WAIT_BUCKETS;
  while (ms > 0 && beyond + tally->waits[ms - 1] <= tally->tried / 100) beyond += tally->waits[--ms];
  return ms;
}

static void print_tally(const char *name, const struct tally *tally) {
  printf(",\"%s\":{\"tried\":%lu,\"failed\":%lu,\"wrong\":%lu,\"longest_ms\":%.0f,\"p99_ms\":%d,\"reasons\":{", name,
         tally->tried, tally->failed, tally->wrong, tally->longest_s * 1000, p99_ms(tally));
  for (int i = 0; i < MOST_REASONS && tally->reasons[i][0] != '\0'; ++i)
    printf("%s\"%s\":%lu", i > 0 ? "," : "", tally->reasons[i], tally->reason_counts[i]);
  printf("}}");
}

// VmHWM in /proc/self/status: the peak resident memory, in KiB.
static long peak_kib(void) {
  char line[256];
  long kib = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status != NULL && fgets(line, sizeof line, status) != NULL) (void)sscanf(line, "VmHWM: %ld", &kib);
  if (status != NULL) fclose(status);
  return kib;
}

static void print_tallies(long baseline_kib) {
  printf("{\"baseline_kib\":%ld,\"peak_kib\":%ld", baseline_kib, peak_kib());
  for (int i = 0; i < KINDS; ++i) {
    if (tallies[i].tried == 0) continue;
    print_tally(kind_names[i], &tallies[i]);
  }
  puts("}");
}

// Returns after that time, or at a line on stdin. The end of stdin does not count.
static void wait_for(double seconds) {
  const double end_s = now_s() + seconds;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  char line[16];
  if (poll(&input, 1, (int)(seconds * 1000)) == 1 && read(STDIN_FILENO, line, sizeof line) > 0) return;
  for (double left_s = end_s - now_s(); left_s > 0; left_s = end_s - now_s()) usleep((useconds_t)(left_s * 1e6) + 1);
}

int main(int argc, char **argv) {
  pthread_t threads[MOST_THREADS];
  struct work *works[MOST_THREADS];
  int wanted = 0;
  if (argc < 3) give_up("usage: load SECONDS KIND=URI[*THREADS]...");
  for (int i = 2, times; i < argc; ++i) {
    struct work *work = parse(argv[i], &times);
    if (wanted + times > MOST_THREADS) give_up("too many threads");
    while (times-- > 0) works[wanted++] = work;
  }
  const long baseline_kib = peak_kib();
  puts("ready");
  fflush(stdout);
  if (getchar() == EOF) return 1;
  for (int i = 0; i < wanted; ++i)
    if (pthread_create(&threads[i], NULL, work_until_stopped, works[i]) != 0) give_up("pthread_create");
  wait_for(atof(argv[1]));
  atomic_store(&stop, true);
  for (int i = 0; i < wanted; ++i) pthread_join(threads[i], NULL);
  print_tallies(baseline_kib);
  return 0;
}
