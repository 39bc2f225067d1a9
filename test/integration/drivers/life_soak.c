// SPDX-License-Identifier: Apache-2.0
// The step `soak` of life.c: makes many signatures and reports the resources of the process.
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "life.h"

enum { SAMPLES = 50 };

static long resident_bytes(void) {
  long pages = 0;
  FILE *statm = fopen("/proc/self/statm", "r");
  if (statm == NULL || fscanf(statm, "%*d %ld", &pages) != 1) give_up("/proc/self/statm");
  fclose(statm);
  return pages * sysconf(_SC_PAGESIZE);
}

// Runs until the threads of `busy` have made that many signatures. Prints SAMPLES lines at equal intervals: signatures, resident
// bytes, heap bytes in use, descriptors, threads. For each line, also opens the key again and verifies a signature.
void soak(int signatures) {
  for (int sample = 1; sample <= SAMPLES; ++sample) {
    while (atomic_load(&signed_by_threads) < (unsigned long)signatures / SAMPLES * (unsigned long)sample) pause_ms(1);
    const struct place fresh = {.libctx = here.libctx, .key = load_key(here.libctx)};
    if (fresh.key == NULL || !sign_once(&fresh, true)) give_up("the key cannot be opened anew");
    EVP_PKEY_free(fresh.key);
    printf("%lu %ld %zu %d %d\n", atomic_load(&signed_by_threads), resident_bytes(), mallinfo2().uordblks, count_descriptors(),
           count_threads());
    fflush(stdout);
  }
}
