// SPDX-License-Identifier: Apache-2.0
// Makes every EVP call that a program may make with a key, each in a separate process, and prints the answers.
//   evp_calls URI|FILE     prints a line "NAME<tab>ANSWER<tab>ERRORS" for each call. ANSWER is "crash" if the call crashes;
//                          ERRORS is the number of entries on the error queue afterwards
#include "evp_calls.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "first_key.h"

// A copy of the public key in memory, independent of the module.
static EVP_PKEY *public_copy(EVP_PKEY *key) {
  unsigned char *der = NULL;
  const int length = i2d_PUBKEY(key, &der);
  const unsigned char *at = der;
  return length > 0 ? d2i_PUBKEY(NULL, &at, length) : NULL;
}

struct answer {
  long value, errors;
};

static void print_answer(const struct call *call, const struct subject *subject) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) exit(1);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    struct answer answer = {.value = call->ask(subject)};
    while (ERR_get_error() != 0) ++answer.errors;
    _exit(write(pipe_ends[1], &answer, sizeof answer) == sizeof answer ? 0 : 1);
  }
  close(pipe_ends[1]);
  struct answer answer = {.value = 0};
  const int answered = read(pipe_ends[0], &answer, sizeof answer) == sizeof answer;
  close(pipe_ends[0]);
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0 || !answered)
    printf("%s\tcrash\t0\n", call->name);
  else
    printf("%s\t%ld\t%ld\n", call->name, answer.value, answer.errors);
}

int main(int count, char **words) {
  if (count != 2) return 2;
  struct subject subject = {.key = first_key(OSSL_STORE_open(words[1], NULL, NULL, NULL, NULL))};
  if (subject.key == NULL) {
    ERR_print_errors_fp(stderr);
    return 1;
  }
  subject.is_ec = EVP_PKEY_is_a(subject.key, "EC");
  subject.other = subject.is_ec ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
  subject.public_part = public_copy(subject.key);
  if (subject.other == NULL || subject.public_part == NULL) return 1;
  setvbuf(stdout, NULL, _IONBF, 0);
  for (const struct call *call = key_calls; call->name != NULL; ++call) print_answer(call, &subject);
  for (const struct call *call = signing_calls; call->name != NULL; ++call) print_answer(call, &subject);
  for (const struct call *call = scheme_calls; call->name != NULL; ++call) print_answer(call, &subject);
  return 0;
}
