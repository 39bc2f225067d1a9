// SPDX-License-Identifier: Apache-2.0
// Steps of life.c that print the provider's parameters, and those that change the user or the root directory.
#define _GNU_SOURCE
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "life.h"

static int take(OSSL_PROVIDER *found, void *provider) {
  if (strcmp(OSSL_PROVIDER_get0_name(found), "sesam") == 0) *(OSSL_PROVIDER **)provider = found;
  return 1;
}

static OSSL_PROVIDER *sesam(void) {
  OSSL_PROVIDER *provider = NULL;
  if (OSSL_PROVIDER_do_all(here.libctx, take, &provider) != 1 || provider == NULL) give_up("no provider");
  return provider;
}

// Prints one line, params NAME=VALUE…, with every parameter that is an unsigned integer.
void print_params(int unused) {
  (void)unused;
  OSSL_PROVIDER *provider = sesam();
  char line[1024] = "params";
  for (const OSSL_PARAM *p = OSSL_PROVIDER_gettable_params(provider); p->key != NULL; ++p) {
    if (p->data_type != OSSL_PARAM_UNSIGNED_INTEGER) continue;
    uint64_t value = 0;
    OSSL_PARAM wanted[] = {OSSL_PARAM_construct_uint64(p->key, &value), OSSL_PARAM_construct_end()};
    if (OSSL_PROVIDER_get_params(provider, wanted) != 1) give_up(p->key);
    const size_t length = strlen(line);
    snprintf(line + length, sizeof line - length, " %s=%llu", p->key, (unsigned long long)value);
  }
  puts(line);
  fflush(stdout);
}

// Prints the parameter sesam-metrics: queries its length first, then the text.
void print_metrics(int unused) {
  (void)unused;
  char *text = NULL;
  OSSL_PARAM wanted[] = {OSSL_PARAM_construct_utf8_string("sesam-metrics", NULL, 0), OSSL_PARAM_construct_end()};
  if (OSSL_PROVIDER_get_params(sesam(), wanted) != 1) give_up("the length of sesam-metrics");
  if ((text = malloc(wanted[0].return_size + 1)) == NULL) give_up("no memory");
  wanted[0] = OSSL_PARAM_construct_utf8_string("sesam-metrics", text, wanted[0].return_size + 1);
  if (OSSL_PROVIDER_get_params(sesam(), wanted) != 1) give_up("sesam-metrics");
  fputs(text, stdout);
  fflush(stdout);
  free(text);
}

// Switches to another user, like a daemon that is started by root and does not use chroot(2).
void become(int uid) {
  if (setgid((gid_t)uid) != 0 || setuid((uid_t)uid) != 0) give_up("setuid");
}

// Like a daemon that changes root and user after reading its configuration: its files' paths no longer work.
void confine(int uid) {
  if (chroot("/proc") != 0 || chdir("/") != 0) give_up("chroot");
  become(uid);
}
