// SPDX-License-Identifier: Apache-2.0
// Runs the life cycle of a process that uses a key, as a list of steps: life URI STEP… See the table of steps below.
//   life sesam:web load sign=3 busy=8 fork=200 [ sign=1 exit ] idle exit
#define _GNU_SOURCE
#include <errno.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "life.h"

struct place here;
const char *uri;

static struct place places[16];  // stack of places that `context` has left
static int places_count;
static char **environment;

static int run(char **steps);

static void load(int unused) {
  (void)unused;
  if ((here.key = load_key(here.libctx)) == NULL) give_up("the key cannot be loaded");
}

static void sign(int times) {
  for (int i = 0; i < times; ++i)
    if (!sign_once(&here, true)) give_up("cannot sign");
}

// Signs without a reachable device: each attempt must fail with an error, not hang.
static void sign_fails(int times) {
  for (int i = 0; i < times; ++i)
    if (sign_once(&here, false)) give_up("signed without a device");
  if (ERR_peek_error() == 0) give_up("failed without an error");
  ERR_clear_error();
}

static void free_key(int unused) {
  (void)unused;
  EVP_PKEY_free(here.key);
  here.key = NULL;
}

// Loads the provider explicitly; openssl.cnf has its section but does not activate it.
static void provider(int unused) {
  (void)unused;
  if ((here.provider = OSSL_PROVIDER_load(here.libctx, "sesam")) == NULL) give_up("OSSL_PROVIDER_load");
}

static void unload(int unused) {
  (void)unused;
  if (OSSL_PROVIDER_unload(here.provider) != 1) give_up("OSSL_PROVIDER_unload");
  here.provider = NULL;
}

// Switches to a new library context, configured by LIFE_CONF_<n> or else OPENSSL_CONF.
static void context(int number) {
  places[places_count++] = here;
  here = (struct place){.libctx = OSSL_LIB_CTX_new()};
  char name[32];
  snprintf(name, sizeof name, "LIFE_CONF_%d", number);
  const char *file = getenv(name) != NULL ? getenv(name) : getenv("OPENSSL_CONF");
  if (OSSL_LIB_CTX_load_config(here.libctx, file) != 1) give_up("OSSL_LIB_CTX_load_config");
}

// Frees this context and returns to the previous one.
static void free_context(int unused) {
  free_key(unused);
  OSSL_LIB_CTX_free(here.libctx);
  here = places[--places_count];
}

static void cleanup(int unused) {
  (void)unused;
  atomic_store(&ending, ENDING_QUIETLY);
  OPENSSL_cleanup();
}

// 1: the threads ignore failures and retry. 0: failures are errors.
static void expect_failures(int yes) {
  atomic_store(&ending, yes ? GOING_ON : NOT_ENDING);
}

static void idle(int unused) {
  (void)unused;
  stop_busy();
}

void pause_ms(int ms) { usleep((useconds_t)ms * 1000); }

static void watchdog(int seconds) { set_watchdog((unsigned)seconds); }

static void become_daemon(int unused) {
  (void)unused;
  if (daemon(1, 1) != 0) give_up("daemon");
  set_watchdog(10);
}

static int status_of(pid_t child) {
  int status = -1;
  while (child > 0 && waitpid(child, &status, 0) == -1 && errno == EINTR) continue;
  return status;
}

static pid_t start_with_vfork(char *const *arguments) {
  const pid_t child = vfork();
  if (child != 0) return child;
  execvp(arguments[0], arguments);
  _exit(127);
}

// posix_spawn(3) and vfork(2) run no pthread_atfork handlers, and the child shares our memory until it calls exec(2).
static void spawn(int times) {
  char *const arguments[] = {"true", NULL};
  for (int i = 0; i < times; ++i) {
    pid_t child;
    if (posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environment) != 0) give_up("posix_spawn");
    if (status_of(child) != 0) give_up("a spawned program failed");
    if (status_of(start_with_vfork(arguments)) != 0) give_up("a program after vfork failed");
  }
}

// Initializes OpenSSL as its first use would: reads openssl.cnf and loads the providers.
static void init(int unused) {
  (void)unused;
  if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1 || OSSL_PROVIDER_available(NULL, "sesam") != 1)
    give_up("the provider is not there");
  if (ERR_peek_error() != 0) give_up("init left an error");
}

// Checks the number of threads. Retries for 1 s: pthread_join() returns before the kernel removes the thread from its list.
static void alone(int threads) {
  for (int tries = 0; count_threads() != threads; ++tries) {
    if (tries == 1000) give_up("there is another thread");
    usleep(1000);
  }
}

static void mark(int unused) {
  (void)unused;
  puts("mark");
  fflush(stdout);
}

static const struct {
  const char *name;
  void (*act)(int);
} table[] = {
    {"load", load},           {"sign", sign},         {"sign_fails", sign_fails}, {"free", free_key},
    {"provider", provider},   {"unload", unload},     {"context", context},       {"free_context", free_context},
    {"cleanup", cleanup},     {"busy", start_busy},   {"idle", idle},             {"expect_failures", expect_failures},
    {"pause_ms", pause_ms},   {"daemon", become_daemon}, {"spawn", spawn},        {"mark", mark},
    {"params", print_params}, {"metrics", print_metrics}, {"confine", confine}, {"become", become},
    {"init", init},           {"alone", alone},       {"soak", soak},             {"load_fails", load_fails},
    {"change_root", change_root}, {"close_from", close_from}, {"interruptions", interruptions},
    {"note_descriptors", note_descriptors}, {"same_descriptors", same_descriptors}, {"spare_descriptors", spare_descriptors},
    {"starved_signing", starved_signing}, {"starved_loading", starved_loading}, {"starved_at", starved_at},
    {"starved_from", starved_from},           {"own_files", own_files}, {"own_sockets", own_sockets},
    {"own_unharmed", own_unharmed}, {"check_at_exit", check_at_exit}, {"nobody_spins", nobody_spins}, {"say", say},         {"close_streams", close_streams},
    {"socket_for_stderr", socket_for_stderr}, {"nothing_in_the_socket", nothing_in_the_socket},
    {"no_descriptors", no_descriptors},       {"busy_fails", busy_fails},     {"certificates", certificates},
    {"watchdog", watchdog},   {"exit", exit},         {"_exit", _exit},
};

// Returns the step after the bracket that closes the block opened at `steps`.
static char **after_block(char **steps) {
  int depth = 0;
  do {
    if (*steps == NULL) give_up("a bracket is not closed");
    depth += (strcmp(*steps, "[") == 0) - (strcmp(*steps, "]") == 0);
    ++steps;
  } while (depth > 0);
  return steps;
}

static void fork_once(char **block) {
  const pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    atomic_store(&ending, NOT_ENDING);
    set_watchdog(5);  // alarm(2) is not inherited
    exit(run(block));
  }
  const int status = status_of(child);
  if (status == 0) return;
  fprintf(stderr, "life: a child ended with wait status %#x\n", (unsigned)status);
  _exit(WIFEXITED(status) && WEXITSTATUS(status) >= 97 ? WEXITSTATUS(status) : 96);
}

static void *run_in_thread(void *block) {
  if (run(block) != 0) give_up("a thread's steps failed");
  return NULL;
}

// Steps with a block: fork=N [ … ], repeat=N [ … ], thread=N [ … ] run one after the other; background=N [ … ] concurrently.
static bool run_block(const char *name, int times, char **block) {
  for (int i = 0; i < times; ++i) {
    pthread_t thread;
    if (strcmp(name, "fork") == 0) fork_once(block);
    else if (strcmp(name, "repeat") == 0) run(block);
    else if (strcmp(name, "thread") == 0 && pthread_create(&thread, NULL, run_in_thread, block) == 0) pthread_join(thread, NULL);
    else if (strcmp(name, "background") == 0 && pthread_create(&thread, NULL, run_in_thread, block) == 0) pthread_detach(thread);
    else return false;
  }
  return true;
}

static int run(char **steps) {
  while (*steps != NULL && strcmp(*steps, "]") != 0) {
    char name[32];
    int number = 0;
    if (sscanf(*steps, "%31[^=]=%d", name, &number) < 1) give_up("a step without a name");
    if (strcmp(name, "return") == 0) return number;
    ++steps;
    if (*steps != NULL && strcmp(*steps, "[") == 0) {
      if (!run_block(name, number, steps + 1)) give_up("no such step with a block");
      steps = after_block(steps);
      continue;
    }
    size_t i = 0;
    while (i < sizeof table / sizeof *table && strcmp(table[i].name, name) != 0) ++i;
    if (i == sizeof table / sizeof *table) give_up("no such step");
    if (strcmp(name, "exit") == 0) atomic_store(&ending, ENDING_QUIETLY);
    // The default number is 1, except for exit and _exit: status 0.
    const bool ends = strcmp(name, "exit") == 0 || strcmp(name, "_exit") == 0;
    table[i].act(strchr(steps[-1], '=') != NULL ? number : !ends);
  }
  return 0;
}

int main(int count, char **arguments, char **variables) {
  if (count < 2) return 2;
  uri = arguments[1];
  environment = variables;
  report_crashes();
  set_watchdog(30);
  const int status = run(arguments + 2);
  atomic_store(&ending, ENDING_QUIETLY);
  return status;
}
