// SPDX-License-Identifier: Apache-2.0
// Encrypts with an RSA public key that was imported into sesam's key management: encrypt PUBLIC-KEY-FILE OUTPUT-FILE
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *condition) {
  fprintf(stderr, "encrypt: line %d: %s\n", line, condition);
  ERR_print_errors_fp(stderr);
  exit(1);
}

// A copy of the key in the file, in sesam's key management.
static EVP_PKEY *imported(const char *path) {
  FILE *file = fopen(path, "r");
  CHECK(file != NULL);
  EVP_PKEY *key = PEM_read_PUBKEY(file, NULL, NULL, NULL), *ours = NULL;
  fclose(file);
  OSSL_PARAM *params = NULL;
  CHECK(key != NULL && EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &params) == 1);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", "provider=sesam");
  CHECK(context != NULL && EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &ours, EVP_PKEY_PUBLIC_KEY, params) == 1);
  OSSL_PARAM_free(params);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  return ours;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  static const unsigned char text[] = "encrypted by sesam";
  unsigned char out[512];
  size_t length = 0;
  EVP_PKEY *key = imported(arguments[1]);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, "?provider=sesam");
  CHECK(context != NULL && EVP_PKEY_encrypt_init(context) == 1);
  CHECK(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1);
  CHECK(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1);
  CHECK(EVP_PKEY_encrypt(context, NULL, &length, text, sizeof text - 1) == 1 && length == 256);
  length = sizeof out;
  EVP_PKEY_CTX *copy = EVP_PKEY_CTX_dup(context);
  CHECK(copy != NULL && EVP_PKEY_encrypt(copy, out, &length, text, sizeof text - 1) == 1 && length == 256);
  // Too long for OAEP: fails with a reason.
  CHECK(EVP_PKEY_encrypt(context, out, &length, out, 256) != 1 && ERR_peek_error() != 0);
  ERR_clear_error();
  CHECK(EVP_PKEY_decrypt_init(context) != 1 && ERR_peek_error() != 0);
  ERR_clear_error();
  FILE *file = fopen(arguments[2], "w");
  CHECK(file != NULL && fwrite(out, 1, length, file) == length && fclose(file) == 0);
  EVP_PKEY_CTX_free(copy);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  return 0;
}
