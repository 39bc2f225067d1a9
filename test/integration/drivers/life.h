// SPDX-License-Identifier: Apache-2.0
// Shared by the steps of life.c: the key in use, the signing threads, and how a run is aborted.
#pragma once

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdatomic.h>
#include <stdbool.h>

// A library context with its key and provider.
struct place {
  OSSL_LIB_CTX* libctx;  // NULL: the default one
  EVP_PKEY* key;
  OSSL_PROVIDER* provider;  // if loaded by a step, not by openssl.cnf
};

extern struct place here;
extern const char* uri;

// Prints `what` and OpenSSL's errors, and ends the process with status 1.
_Noreturn void give_up(const char* what);
// If not called again within `seconds`, the process is considered hung: prints its frames and exits with status
// 98. Not inherited by a child process.
void set_watchdog(unsigned seconds);
// Installs handlers: a crash prints the frames of the crashing thread and ends the process with status 97.
void report_crashes(void);

// Loads the key at `uri`; NULL on failure.
EVP_PKEY* load_key(OSSL_LIB_CTX* libctx);
// A step: reads all that the store yields for `uri`, and gives up unless it has so many certificates.
void certificates(int expected);
// Signs once; returns false if that fails. `verify`: verifies with the public key in the default provider.
bool sign_once(const struct place* place, bool verify);

// Steps: print the provider's parameters and metrics; enter a chroot; switch to another user.
void print_params(int);
void print_metrics(int);
void confine(int uid);
void become(int uid);

// Threads that sign until stop_busy(). A failure ends the process, unless `ending` says otherwise.
void start_busy(int threads);
void stop_busy(void);
extern atomic_int ending;
enum {
  NOT_ENDING,
  GOING_ON,
  ENDING_QUIETLY
};  // on a failure: end the process; retry; end the thread
extern atomic_ulong signed_by_threads;

void pause_ms(int ms);
int count_threads(void);
int count_descriptors(void);

// Steps of life_limits.c and life_soak.c.
void soak(int signatures);
void load_fails(int unused);
void change_root(int unused);
void close_from(int first);
void own_files(int count);
void own_sockets(int count);
void own_unharmed(int unused);
void check_at_exit(int unused);
void nobody_spins(int unused);
void say(int unused);
void close_streams(int unused);
void socket_for_stderr(int unused);
void nothing_in_the_socket(int unused);
void no_descriptors(int unused);
void busy_fails(int threads);
void interruptions(int unused);
void note_descriptors(int unused);
void same_descriptors(int unused);
void spare_descriptors(int more);
void starved_signing(int times);
void starved_loading(int times);
void starved_at(int nth);
void starved_from(int nth);
