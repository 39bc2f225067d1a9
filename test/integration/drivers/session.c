// SPDX-License-Identifier: Apache-2.0
// Keeps running while the device's keys change: session URI. Reads a command per line from stdin and prints an answer for each.
//   open   opens the key again and replaces the open one           sign       signs with it, and verifies with its public key
//   keep   sets the open key aside                                 sign-kept  signs with that key
//   make   generates a P-256 key of the URI's name
// An answer is "ok", "another key's signature", or the reason of the failure.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <stdio.h>
#include <string.h>

static const unsigned char data[] = "data";
static EVP_PKEY *key, *kept;

static const char *failure(void) {
  const char *reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != NULL ? reason : "failed without a reason";
}

static const char *open_key(const char *uri) {
  EVP_PKEY_free(key);
  key = NULL;
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  if (store == NULL) return failure();
  OSSL_STORE_INFO *info = OSSL_STORE_load(store);  // the private object comes first
  if (info != NULL) key = OSSL_STORE_INFO_get1_PKEY(info);
  OSSL_STORE_INFO_free(info);
  OSSL_STORE_close(store);
  return key != NULL ? "ok" : failure();
}

static const char *sign(EVP_PKEY *with) {
  unsigned char signature[512];
  size_t length = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const char *answer = "ok";
  if (EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, with, NULL) != 1 ||
      EVP_DigestSign(context, signature, &length, data, sizeof data) != 1)
    answer = failure();
  EVP_MD_CTX_reset(context);
  if (strcmp(answer, "ok") == 0 && (EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, with, NULL) != 1 ||
                                    EVP_DigestVerify(context, signature, length, data, sizeof data) != 1))
    answer = "another key's signature";
  EVP_MD_CTX_free(context);
  return answer;
}

static const char *keep(void) {
  EVP_PKEY_free(kept);
  kept = key;
  key = NULL;
  return "ok";
}

static const char *make(char *uri) {
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("sesam_uri", uri, 0),
                         OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", "provider=sesam");
  EVP_PKEY *made = NULL;
  const char *answer = "ok";
  if (EVP_PKEY_keygen_init(context) != 1 || EVP_PKEY_CTX_set_params(context, params) != 1 ||
      EVP_PKEY_generate(context, &made) != 1)
    answer = failure();
  EVP_PKEY_free(made);
  EVP_PKEY_CTX_free(context);
  return answer;
}

static const char *answer_to(const char *word, char *uri) {
  if (strcmp(word, "open") == 0) return open_key(uri);
  if (strcmp(word, "sign") == 0) return sign(key);
  if (strcmp(word, "keep") == 0) return keep();
  if (strcmp(word, "sign-kept") == 0) return sign(kept);
  if (strcmp(word, "make") == 0) return make(uri);
  return "no such word";
}

int main(int argc, char **argv) {
  char line[32];
  if (argc != 2) return 2;
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    ERR_clear_error();
    puts(answer_to(line, argv[1]));
    fflush(stdout);
  }
  EVP_PKEY_free(key);
  EVP_PKEY_free(kept);
  return 0;
}
