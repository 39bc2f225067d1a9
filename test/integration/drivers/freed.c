// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: reports each block that is released by a function of sesam while it contains a secret. SESAM_TEST_SECRET is that
// secret in hexadecimal digits, each byte XORed with 0x5a, so that the environment does not contain it. SESAM_TEST_REPORT is the
// file to which the call stack of each such release is appended. A block that a program or libcrypto releases is not reported.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void __libc_free(void *);
extern void *__libc_realloc(void *, size_t);

static unsigned char masked[64];
static size_t length;
static int report = -1;
static _Thread_local int busy;

__attribute__((constructor)) static void start(void) {
  const char *digits = getenv("SESAM_TEST_SECRET"), *path = getenv("SESAM_TEST_REPORT");
  if (digits == NULL || path == NULL) return;
  void *frame;
  backtrace(&frame, 1);  // the first call allocates
  report = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  unsigned byte;
  for (size_t n = 0; n < sizeof masked && sscanf(digits + 2 * n, "%2x", &byte) == 1; ++n) {
    masked[n] = (unsigned char)byte;
    length = n + 1;
  }
}

static int has_secret(const unsigned char *block, size_t size) {
  for (size_t at = 0; at + length <= size; ++at) {
    size_t same = 0;
    while (same < length && (block[at + same] ^ 0x5a) == masked[same]) ++same;
    if (same == length) return 1;
  }
  return 0;
}

// The first caller outside the allocator, libstdc++ and libcrypto.
static void check(const void *block) {
  if (block == NULL || length == 0 || busy) return;
  busy = 1;
  if (has_secret(block, malloc_usable_size((void *)block))) {
    void *frames[24];
    const int count = backtrace(frames, 24);
    for (int i = 2; i < count; ++i) {
      Dl_info at;
      if (dladdr(frames[i], &at) == 0 || at.dli_fname == NULL) break;
      // Below our decoder, libcrypto runs its own on the same input.
      if (at.dli_sname != NULL && strncmp(at.dli_sname, "OSSL_DECODER_", 13) == 0) break;
      const char *file = strrchr(at.dli_fname, '/') == NULL ? at.dli_fname : strrchr(at.dli_fname, '/') + 1;
      if (strncmp(file, "libstdc++", 9) == 0 || strncmp(file, "libcrypto", 9) == 0) continue;
      if (strncmp(file, "sesam", 5) == 0) {
        dprintf(report, "released with the secret in it:\n");
        backtrace_symbols_fd(frames + 2, count - 2, report);
      }
      break;
    }
  }
  busy = 0;
}

// Wipes the block itself: whoever gets the memory next must not be blamed for what it contains.
void free(void *block) {
  check(block);
  if (block != NULL && length != 0) memset(block, 0, malloc_usable_size(block));
  __libc_free(block);
}

// Checks and wipes the old block, too, if the block has to grow.
void *realloc(void *block, size_t size) {
  if (block == NULL) return __libc_realloc(NULL, size);
  const size_t old_size = malloc_usable_size(block);
  if (size != 0 && size <= old_size) return __libc_realloc(block, size);
  void *moved = size == 0 ? NULL : malloc(size);
  if (moved == NULL && size != 0) return NULL;
  if (moved != NULL) memcpy(moved, block, old_size);
  free(block);
  return moved;
}
