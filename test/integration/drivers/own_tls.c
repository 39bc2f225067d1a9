// SPDX-License-Identifier: Apache-2.0
// Signs with a key in the device and fetches a page with the program's own libcurl, alternately and concurrently.
//   own_tls URI URL HOST:PORT:ADDRESS CA-FILE
#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROUNDS = 5 };

static char **words;

static void fail(const char *what) {
  fprintf(stderr, "own_tls: %s\n", what);
  ERR_print_errors_fp(stderr);
  _exit(1);
}

static size_t swallow(char *data, size_t size, size_t count, void *unused) {
  (void)data;
  (void)unused;
  return size * count;
}

static void *fetch(void *unused) {
  for (int i = 0; i < ROUNDS; ++i) {
    CURL *curl = curl_easy_init();
    struct curl_slist *resolve = curl_slist_append(NULL, words[3]);
    curl_easy_setopt(curl, CURLOPT_URL, words[2]);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(curl, CURLOPT_CAINFO, words[4]);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) fail(curl_easy_strerror(code));
    curl_easy_cleanup(curl);
    curl_slist_free_all(resolve);
  }
  return unused;
}

static EVP_PKEY *load(void) {
  EVP_PKEY *key = NULL;
  OSSL_STORE_CTX *store = OSSL_STORE_open(words[1], NULL, NULL, NULL, NULL);
  while (store != NULL && key == NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  if (key == NULL) fail("the key cannot be loaded");
  return key;
}

static void sign(EVP_PKEY *key) {
  unsigned char signature[256];
  for (int i = 0; i < ROUNDS; ++i) {
    size_t length = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) != 1 ||
        EVP_DigestSign(context, signature, &length, (const unsigned char *)"data", 4) != 1)
      fail("cannot sign");
    EVP_MD_CTX_free(context);
  }
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  words = arguments;
  alarm(25);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  fetch(NULL);  // before sesam is first used; later between and during its use
  EVP_PKEY *key = load();
  sign(key);
  fetch(NULL);
  pthread_t beside;
  if (pthread_create(&beside, NULL, fetch, NULL) != 0) fail("pthread_create");
  sign(key);
  pthread_join(beside, NULL);
  EVP_PKEY_free(key);
  curl_global_cleanup();
  return 0;
}
