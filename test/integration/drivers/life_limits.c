// SPDX-License-Identifier: Apache-2.0
// Steps of life.c that deprive the process of descriptors, its root directory, memory or uninterrupted time.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <openssl/err.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "life.h"

static int entries_of(const char *path) {
  DIR *directory = opendir(path);
  int count = 0;
  for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) count += entry->d_name[0] != '.';
  closedir(directory);
  return count;
}

int count_threads(void) { return entries_of("/proc/self/task"); }

int count_descriptors(void) { return entries_of("/proc/self/fd"); }

static int descriptors_before;

void note_descriptors(int unused) {
  (void)unused;
  descriptors_before = count_descriptors();
}

// Retries for 1 s, as the device may close a connection with a delay.
void same_descriptors(int unused) {
  (void)unused;
  for (int tries = 0; count_descriptors() != descriptors_before; ++tries) {
    if (tries == 1000) give_up("a descriptor was leaked, or one is gone");
    usleep(1000);
  }
}

// Limits the number of descriptors that can still be opened to `more`. -1: no limit but the hard one.
void spare_descriptors(int more) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("getrlimit");
  const int lowest_free = more < 0 ? 0 : dup(STDIN_FILENO);
  if (more >= 0) close(lowest_free);
  limit.rlim_cur = more < 0 ? limit.rlim_max : (rlim_t)(lowest_free + more);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("setrlimit");
}

// No new descriptor can be opened, even after one above stderr is closed.
void no_descriptors(int unused) {
  (void)unused;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("getrlimit");
  limit.rlim_cur = STDERR_FILENO + 1;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("setrlimit");
}

// Closes all descriptors from `first` on, as some daemons do.
void close_from(int first) {
  if (closefrom(first), ERR_peek_error() != 0) give_up("closefrom");
}

// Descriptors that such a daemon opens afterwards, which reuse the closed numbers.
enum { MAX_OWN = 64 };
static struct {
  int fd;
  struct stat is;
} own[MAX_OWN];
static int own_count;

static void add_own(int fd) {
  if (fd < 0 || own_count == MAX_OWN || fstat(fd, &own[own_count].is) != 0) give_up("no descriptor for the program");
  own[own_count++].fd = fd;
}

void own_files(int count) {
  while (count-- > 0) {
    const int fd = memfd_create("own", 0);
    if (write(fd, "mine", 4) != 4) give_up("memfd_create");
    add_own(fd);
  }
}

// Each socket has 4 bytes to read; writing to one adds bytes at the other end, which check_own() detects.
void own_sockets(int count) {
  for (int pair[2]; count > 0; count -= 2) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) give_up("socketpair");
    if (send(pair[0], "mine", 4, 0) != 4 || send(pair[1], "mine", 4, 0) != 4) give_up("send");
    add_own(pair[0]);
    add_own(pair[1]);
  }
}

static bool is_unharmed(int fd, const struct stat *was) {
  char bytes[16];
  struct stat is;
  if (fstat(fd, &is) != 0 || is.st_ino != was->st_ino || is.st_dev != was->st_dev) return false;
  if (S_ISSOCK(is.st_mode)) return recv(fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT) == 4;
  return lseek(fd, 0, SEEK_CUR) == 4 && is.st_size == 4;
}

static void check_own(void) {
  for (int i = 0; i < own_count; ++i)
    if (!is_unharmed(own[i].fd, &own[i].is)) {
      fprintf(stderr, "life: descriptor %d of the program was written to, read from or closed\n", own[i].fd);
      _exit(1);
    }
}

void own_unharmed(int unused) {
  (void)unused;
  check_own();
}

// Runs after the exit handlers that are registered later.
void check_at_exit(int unused) {
  (void)unused;
  if (atexit(check_own) != 0) give_up("atexit");
}

void nobody_spins(int unused) {
  (void)unused;
  const clock_t before = clock();
  pause_ms(500);
  if (clock() - before > CLOCKS_PER_SEC / 5) give_up("a thread burns its core");
}

// In a program without these streams, this writes into whatever now has their numbers.
void say(int unused) {
  (void)unused;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) (void)!write(fd, "said\n", 5);
}

void close_streams(int unused) {
  (void)unused;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) close(fd);
}

static int other_end = -1;

// A socket on descriptor 2, as in a server that closed its standard streams and then accepted a client.
void socket_for_stderr(int unused) {
  (void)unused;
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || dup2(pair[0], STDERR_FILENO) == -1) give_up("no socket");
  other_end = pair[1];
}

void nothing_in_the_socket(int unused) {
  (void)unused;
  char byte;
  if (recv(other_end, &byte, 1, MSG_DONTWAIT) == -1) return;
  puts("life: something was written into the socket");
  exit(1);
}

void change_root(int unused) {
  (void)unused;
  const char *root = getenv("LIFE_ROOT");
  if (root == NULL || chroot(root) != 0 || chdir("/") != 0) give_up("chroot");
}

static void *sign_in_vain(void *unused) {
  (void)unused;
  if (sign_once(&here, false)) give_up("signed all the same");
  return NULL;
}

void busy_fails(int threads) {
  pthread_t started[32];
  for (int i = 0; i < threads; ++i)
    if (pthread_create(&started[i], NULL, sign_in_vain, NULL) != 0) give_up("pthread_create");
  while (threads > 0) pthread_join(started[--threads], NULL);
}

void load_fails(int unused) {
  (void)unused;
  if ((here.key = load_key(here.libctx)) != NULL) give_up("the key was loaded all the same");
  if (ERR_peek_error() == 0) give_up("failed without an error");
  ERR_print_errors_fp(stderr);
}

static volatile sig_atomic_t interrupted;
static pthread_t disturbed;

static void on_interruption(int signal) {
  (void)signal;
  interrupted = 1;
}

static void *disturb(void *unused) {
  (void)unused;
  const struct timespec pause = {.tv_nsec = 50 * 1000};
  for (;;) {
    pthread_kill(disturbed, SIGUSR2);
    nanosleep(&pause, NULL);
  }
  return NULL;
}

// From now on, signals interrupt the calling thread continuously, without SA_RESTART.
void interruptions(int unused) {
  (void)unused;
  pthread_t thread;
  const struct sigaction action = {.sa_handler = on_interruption};
  disturbed = pthread_self();
  if (sigaction(SIGUSR2, &action, NULL) != 0 || pthread_create(&thread, NULL, disturb, NULL) != 0) give_up("no interruptions");
  while (!interrupted) pause_ms(1);
}

// Calls the function of no_memory.c.
static void refuse_memory(long nth, long times) {
  void (*function)(long, long);
  *(void **)&function = dlsym(RTLD_DEFAULT, "refuse_memory");
  if (function == NULL) give_up("no_memory.so is not preloaded");
  function(nth, times);
}

static long refused_memory(void) {
  long (*function)(void);
  *(void **)&function = dlsym(RTLD_DEFAULT, "refused_memory");
  return function();
}

static bool signs(void) { return sign_once(&here, false); }

static bool loads(void) {
  EVP_PKEY *key = load_key(here.libctx);
  EVP_PKEY_free(key);
  return key != NULL;
}

// Fails each allocation of the operation in turn. After each run, with memory available, signing must work.
static void starve(bool (*operation)(void), long times) {
  int tried = 0, failed = 0;
  for (bool refused = true; refused; ++tried) {
    refuse_memory(tried, times);
    const bool good = operation();
    refused = refused_memory() != 0;
    refuse_memory(0, 0);
    if (!good && !refused) give_up("failed for want of nothing");
    failed += !good;
    ERR_clear_error();
    if (!sign_once(&here, true)) give_up("cannot sign with memory again");
  }
  printf("%d %d\n", tried, failed);
  fflush(stdout);
}

void starved_signing(int times) { starve(signs, times); }
void starved_loading(int times) { starve(loads, times); }

// Fails allocations during the first use of a key, which may fail but must not crash or hang.
static void starve_the_first_use(long nth, long times) {
  refuse_memory(nth, times);
  here.key = load_key(here.libctx);
  const bool good = here.key != NULL && sign_once(&here, false);
  const long refused = refused_memory();
  refuse_memory(0, 0);
  if (!good && refused == 0) give_up("failed for want of nothing");
  puts(good ? "signed" : "failed");
  ERR_clear_error();
}

void starved_at(int nth) { starve_the_first_use(nth, 1); }
void starved_from(int nth) { starve_the_first_use(nth, LONG_MAX / 2); }
