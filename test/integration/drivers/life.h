// SPDX-License-Identifier: Apache-2.0
// What the steps of life.c share: the key in use, the threads that sign, and how a run is given up.
#pragma once

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdatomic.h>
#include <stdbool.h>

// One place to load and sign from: a library context with its key.
struct place {
  OSSL_LIB_CTX* libctx;  // NULL: the default one
  EVP_PKEY* key;
  OSSL_PROVIDER* provider;  // where loaded by a step rather than by openssl.cnf
};

extern struct place here;
extern const char* uri;

// Prints what went wrong with OpenSSL's errors and ends the process with status 1.
_Noreturn void give_up(const char* what);
// After so many seconds without another call the process is hung: ends with status 98 and its frames. A child
// needs its own.
void set_watchdog(unsigned seconds);
// A crash prints the crashing thread's frames, so that a test sees whose they are, and ends with status 97.
void report_crashes(void);

// NULL if the key cannot be loaded.
EVP_PKEY* load_key(OSSL_LIB_CTX* libctx);
// One signature, verified by the default provider against the public part; false if the signing failed.
bool sign_once(const struct place* place, bool verify);

// Steps: print the provider's parameters; go into a chroot as another user.
void print_params(int);
void print_metrics(int);
void confine(int uid);
void become(int uid);

// Threads that sign until they are told to stop. A failure ends the process unless it is ending anyway.
void start_busy(int threads);
void stop_busy(void);
extern atomic_int ending;
enum {
  NOT_ENDING,
  GOING_ON,
  ENDING_QUIETLY
};  // a failure is an error; is expected: try again; is expected: the thread ends
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
