// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: makes allocations fail on request (life_limits.c). Counts the allocations of all threads and libraries, including
// pages and threads, and fails some of them. Two libraries are exempt: libcurl 7.88 crashes with SIGFPE (in curl_multi_socket_action),
// and glibc's loader aborts if it cannot allocate thread-local variables. Creating a thread's error queue is also exempt: without
// memory for it, OpenSSL 3.6 and 4.0 recurse endlessly (ERR_new, CRYPTO_malloc).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local enum { NO_QUEUE, MAKING_QUEUE, HAS_QUEUE } queue;
static atomic_long asked, first = LONG_MAX, end = LONG_MAX, refused;

static struct { uintptr_t low, high; } spared[4];
static size_t spared_count;

static int note_spared(struct dl_phdr_info *library, size_t size, void *unused) {
  (void)size, (void)unused;
  if (strstr(library->dlpi_name, "libcurl") == NULL && strstr(library->dlpi_name, "ld-linux") == NULL) return 0;
  for (int i = 0; i < library->dlpi_phnum; ++i) {
    const ElfW(Phdr) *part = &library->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0 || spared_count == sizeof spared / sizeof *spared) continue;
    const uintptr_t low = library->dlpi_addr + part->p_vaddr;
    spared[spared_count].low = low;
    spared[spared_count++].high = low + part->p_memsz;
  }
  return 0;
}

static void make_queue(void) {
  unsigned long (*peek)(void);
  queue = MAKING_QUEUE;
  *(void **)&peek = dlsym(RTLD_DEFAULT, "ERR_peek_error");
  peek();
  queue = HAS_QUEUE;
}

// From now on, fails `times` allocations, starting with the nth (from 0). times = 0: none.
void refuse_memory(long nth, long times);
// The number of allocations that failed since that call.
long refused_memory(void);

void refuse_memory(long nth, long times) {
  if (spared_count == 0) dl_iterate_phdr(note_spared, NULL);
  atomic_store(&first, LONG_MAX);
  atomic_store(&refused, 0);
  atomic_store(&asked, 0);
  atomic_store(&end, times == 0 ? LONG_MAX : nth + times);
  atomic_store(&first, times == 0 ? LONG_MAX : nth);
}

long refused_memory(void) { return atomic_load(&refused); }

static bool refuses(const void *caller) {
  for (size_t i = 0; i < spared_count; ++i)
    if ((uintptr_t)caller >= spared[i].low && (uintptr_t)caller < spared[i].high) return false;
  if (queue == MAKING_QUEUE) return false;
  const long number = atomic_fetch_add(&asked, 1);
  if (number < atomic_load(&first) || number >= atomic_load(&end)) return false;
  if (queue == NO_QUEUE) make_queue();
  atomic_fetch_add(&refused, 1);
  errno = ENOMEM;
  return true;
}

#define REFUSED refuses(__builtin_return_address(0))

void *malloc(size_t bytes) { return REFUSED ? NULL : __libc_malloc(bytes); }
void *calloc(size_t count, size_t bytes) { return REFUSED ? NULL : __libc_calloc(count, bytes); }
void *realloc(void *old, size_t bytes) { return REFUSED ? NULL : __libc_realloc(old, bytes); }
void *memalign(size_t alignment, size_t bytes) { return REFUSED ? NULL : __libc_memalign(alignment, bytes); }
void *aligned_alloc(size_t alignment, size_t bytes) { return REFUSED ? NULL : __libc_memalign(alignment, bytes); }

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  void *found = REFUSED ? NULL : __libc_memalign(alignment, bytes);
  if (found == NULL) return ENOMEM;
  *memory = found;
  return 0;
}

void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset) {
  return REFUSED ? MAP_FAILED : (void *)syscall(SYS_mmap, address, bytes, protection, flags, fd, offset);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  *(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
  return REFUSED ? EAGAIN : next(thread, attributes, start, argument);
}
