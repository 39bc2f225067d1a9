// SPDX-License-Identifier: Apache-2.0
// store_delete ANSWER URI...: deletes each URI with OSSL_STORE_delete(3), or before OpenSSL 3.2 by calling sesam's function directly. ANSWER is the PIN
// for PIN prompts; "-" gives none. A URI with the prefix "open:" is opened instead, and its key kept until the end.
#include <openssl/core_dispatch.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <string.h>

#include "first_key.h"

static const char *answer;
static int asked;

static int give(char *buffer, int size, int writing, void *unused) {
  (void)writing, (void)unused;
  ++asked;
  if (strcmp(answer, "-") == 0 || (int)strlen(answer) > size) return -1;
  memcpy(buffer, answer, strlen(answer));
  return (int)strlen(answer);
}

#if OPENSSL_VERSION_NUMBER >= 0x30200000L
static int delete(const char *uri) {
  UI_METHOD *method = UI_UTIL_wrap_read_pem_callback(give, 0);
  int deleted = OSSL_STORE_delete(uri, NULL, NULL, method, NULL, NULL);
  UI_destroy_method(method);
  return deleted;
}
#else
static int give_pin(char *pass, size_t size, size_t *length, const OSSL_PARAM params[], void *unused) {
  (void)params;
  int given = give(pass, (int)size, 0, unused);
  *length = given > 0 ? (size_t)given : 0;
  return given > 0;
}

static int delete(const char *uri) {
  typedef int function(void *, const char *, const OSSL_PARAM[], OSSL_PASSPHRASE_CALLBACK *, void *);
  const int kStoreDelete = 9;
  int no_cache;
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(NULL, "sesam");
  const OSSL_DISPATCH *row = OSSL_PROVIDER_query_operation(provider, OSSL_OP_STORE, &no_cache)->implementation;
  while (row->function_id != 0 && row->function_id != kStoreDelete) ++row;
  int deleted = row->function_id != 0 && ((function *)row->function)(OSSL_PROVIDER_get0_provider_ctx(provider), uri, NULL, give_pin, NULL);
  OSSL_PROVIDER_unload(provider);
  return deleted;
}
#endif

int main(int argc, char **argv) {
  EVP_PKEY *kept = NULL;
  int deleted = 0, failed = 0;
  answer = argv[1];
  for (int i = 2; i < argc; ++i) {
    if (strncmp(argv[i], "open:", 5) == 0) {
      EVP_PKEY_free(kept);
      kept = first_key(OSSL_STORE_open(argv[i] + 5, NULL, NULL, NULL, NULL));
      if (kept == NULL) ++failed;
    } else if (delete(argv[i])) {
      ++deleted;
      if (ERR_peek_error() != 0) ++failed;
    } else {
      if (ERR_peek_error() == 0) ++failed;  // failed without an error on the queue
    }
    ERR_print_errors_fp(stderr);
  }
  printf("asked %d deleted %d failed %d\n", asked, deleted, failed);
  if (kept != NULL) printf("kept key %s\n", sign_something(kept) ? "signs" : "does not sign");
  ERR_print_errors_fp(stderr);
  EVP_PKEY_free(kept);
  return 0;
}
