// SPDX-License-Identifier: Apache-2.0
// Opens the first key of a store and signs with it; shared by several drivers.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>

// Returns the first private key, or NULL if there is none. Closes the store, which may be NULL.
static __attribute__((unused)) EVP_PKEY *first_key(OSSL_STORE_CTX *store) {
  EVP_PKEY *found = NULL;
  while (store != NULL && found == NULL && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) found = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  return found;
}

// Returns the first key when the store expects `type`, or NULL if there is none. Closes the store.
static __attribute__((unused)) EVP_PKEY *expected_key(OSSL_STORE_CTX *store, int type) {
  OSSL_STORE_INFO *info = store != NULL && OSSL_STORE_expect(store, type) == 1 ? OSSL_STORE_load(store) : NULL;
  EVP_PKEY *found = NULL;
  if (info != NULL)
    found = type == OSSL_STORE_INFO_PKEY ? OSSL_STORE_INFO_get1_PKEY(info) : OSSL_STORE_INFO_get1_PUBKEY(info);
  OSSL_STORE_INFO_free(info);
  OSSL_STORE_close(store);
  return found;
}

// Returns 1 on success.
static __attribute__((unused)) int sign_something(EVP_PKEY *key) {
  unsigned char out[512];
  size_t length = sizeof out;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  const int good = EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
                   EVP_DigestSign(context, out, &length, (const unsigned char *)"x", 1) == 1;
  EVP_MD_CTX_free(context);
  return good;
}
