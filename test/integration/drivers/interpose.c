// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: reports on stderr when a thread is started, a connection is opened or libcurl is set up, and by which module.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void *next(const char *name, const void *caller) {
  Dl_info info = {0};
  dladdr(caller, &info);
  const char *parts[] = {"called: ", name, " by ", info.dli_fname != NULL ? info.dli_fname : "?", "\n"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i) (void)!write(STDERR_FILENO, parts[i], strlen(parts[i]));
  // The provider loads libcurl; the program is not linked with it.
  void *found = dlsym(RTLD_NEXT, name);
  const char *const flavours[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
  for (int i = 0; i < 2 && found == NULL; ++i) {
    void *curl = dlopen(flavours[i], RTLD_LAZY | RTLD_NOLOAD);
    if (curl != NULL) found = dlsym(curl, name);
  }
  return found;
}

#define FORWARD(type, name, parameters, arguments)                          \
  type name parameters {                                                    \
    type(*function) parameters;                                             \
    *(void **)&function = next(#name, __builtin_return_address(0));         \
    return function arguments;                                              \
  }

FORWARD(int, pthread_create, (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument),
        (thread, attributes, start, argument))
FORWARD(int, socket, (int family, int kind, int protocol), (family, kind, protocol))
FORWARD(int, connect, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))
FORWARD(int, curl_global_init, (long flags), (flags))
FORWARD(void *, curl_easy_init, (void), ())
FORWARD(void *, curl_multi_init, (void), ())
FORWARD(void *, curl_version_info, (int age), (age))
