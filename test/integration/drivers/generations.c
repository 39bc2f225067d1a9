// SPDX-License-Identifier: Apache-2.0
// Generates keys like named, one after the other in one process: generations COUNT [STEP]. Prints "made" or "failed" for each key.
// With STEP and no_memory.so, the first key gets all the memory it needs; for key n after it, allocation number n * STEP fails.
#include <dlfcn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int generate(int number) {
  char uri[80];
  snprintf(uri, sizeof uri, "pkcs11:object=zone-ksk-%d", number);
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("pkcs11_uri", uri, 0),
                         OSSL_PARAM_construct_utf8_string("pkcs11_key_usage", "digitalSignature", 0),
                         OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", "provider=pkcs11");
  EVP_PKEY *key = NULL;
  const int made = context != NULL && EVP_PKEY_keygen_init(context) == 1 &&
                   EVP_PKEY_CTX_set_params(context, params) == 1 && EVP_PKEY_generate(context, &key) == 1;
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(context);
  return made;
}

static void generate_without_memory(int count, long step) {
  void (*refuse_memory)(long, long);
  *(void **)&refuse_memory = dlsym(RTLD_DEFAULT, "refuse_memory");
  for (int i = 0; i < count; ++i) {
    if (i > 0) refuse_memory(i * step, 1);
    const int made = generate(i);
    refuse_memory(0, 0);
    puts(made ? "made" : "failed");
    ERR_clear_error();
  }
}

int main(int count, char **arguments) {
  alarm(60);
  if (count == 3) generate_without_memory(atoi(arguments[1]), atol(arguments[2]));
  for (int i = 0; count == 2 && i < atoi(arguments[1]); ++i) puts(generate(i) ? "made" : "failed");
  ERR_print_errors_fp(stderr);
  return 0;
}
