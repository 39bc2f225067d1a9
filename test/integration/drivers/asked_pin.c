// SPDX-License-Identifier: Apache-2.0
// driver ANSWER SIGNATURES KEY... [+ KEY...]: opens each KEY (a URI, or "file:" and a PEM file), signs with it, and counts the PIN prompts. KEYs before
// "+" are used one after the other, those after it concurrently. ANSWER "-": the callback gives no PIN; "none": URIs are opened without a callback.
#define _DEFAULT_SOURCE  // usleep(3)
#include <openssl/pem.h>
#include <openssl/ui.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "first_key.h"

static const char *answer;
static int signatures, asked, good;

static int give(char *buffer, int size, int writing, void *unused) {
  (void)writing, (void)unused;
  __atomic_fetch_add(&asked, 1, __ATOMIC_RELAXED);
  usleep(100000);
  if (strcmp(answer, "-") == 0 || (int)strlen(answer) > size) return -1;
  memcpy(buffer, answer, strlen(answer));
  return (int)strlen(answer);
}

static EVP_PKEY *open_key(const char *name) {
  EVP_PKEY *found = NULL;
  int nobody = strcmp(answer, "none") == 0;
  if (strncmp(name, "file:", 5) == 0) {
    FILE *file = fopen(name + 5, "r");
    found = PEM_read_PrivateKey(file, NULL, give, NULL);
    fclose(file);
  } else {
    UI_METHOD *method = nobody ? NULL : UI_UTIL_wrap_read_pem_callback(give, 0);
    found = first_key(OSSL_STORE_open(name, method, NULL, NULL, NULL));
    UI_destroy_method(method);
  }
  if (found == NULL) ERR_print_errors_fp(stderr);
  return found;
}

static void *use(void *name) {
  EVP_PKEY *key = open_key(name);
  for (int i = 0; key != NULL && i < signatures; ++i) {
    if (sign_something(key))
      __atomic_fetch_add(&good, 1, __ATOMIC_RELAXED);
    else
      ERR_print_errors_fp(stderr);
  }
  EVP_PKEY_free(key);
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[64];
  int i = 3, running = 0;
  answer = argv[1];
  signatures = atoi(argv[2]);
  for (; i < argc && strcmp(argv[i], "+") != 0; ++i) use(argv[i]);
  for (++i; i < argc; ++i) pthread_create(&threads[running++], NULL, use, argv[i]);
  while (running > 0) pthread_join(threads[--running], NULL);
  printf("asked %d good %d\n", asked, good);
  return 0;
}
