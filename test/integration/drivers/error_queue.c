// SPDX-License-Identifier: Apache-2.0
// Makes calls that may leave an error on the queue: error_queue URI FILE. URI is a key in the device, FILE the private key of another one.
// Prints a line "CALL<tab>ANSWER<tab>REASON" for each call; REASON is that of the last error on the queue, "-" if the queue is empty.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "first_key.h"

static const char *const queries[] = {NULL, "provider=sesam", "?provider=sesam"};

static void print(const char *call, const char *query, long answer) {
  const unsigned long error = ERR_peek_last_error();
  const char *reason = error == 0 ? "-" : ERR_reason_error_string(error);
  printf("%s%s%s\t%ld\t%s\n", call, query == NULL ? "" : " ", query == NULL ? "" : query, answer, reason == NULL ? "unknown" : reason);
  ERR_clear_error();
}

static EVP_PKEY *made, *in_file, *in_device;

static int from_data(const char *type, const char *query, int selection, OSSL_PARAM *params) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, query);
  EVP_PKEY_free(made);
  made = NULL;
  const int answer = EVP_PKEY_fromdata_init(context) == 1 ? EVP_PKEY_fromdata(context, &made, selection, params) : -9;
  EVP_PKEY_CTX_free(context);
  return answer;
}

static void import(const char *query) {
  OSSL_PARAM *pair = NULL, *public = NULL;
  if (EVP_PKEY_todata(in_file, EVP_PKEY_KEYPAIR, &pair) != 1 || EVP_PKEY_todata(in_file, EVP_PKEY_PUBLIC_KEY, &public) != 1) exit(1);
  const char *type = EVP_PKEY_get0_type_name(in_file);
  print("from a key pair", query, from_data(type, query, EVP_PKEY_KEYPAIR, pair));
  print("from a public key", query, from_data(type, query, EVP_PKEY_PUBLIC_KEY, public));
  print("from a public key as a pair", query, from_data(type, query, EVP_PKEY_KEYPAIR, public));
  unsigned char off_the_curve[65] = {4, 1};
  OSSL_PARAM point[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 5),
                        OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, off_the_curve, sizeof off_the_curve), OSSL_PARAM_END};
  OSSL_PARAM no_curve[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "P-257", 5), OSSL_PARAM_END};
  unsigned char three = 3;
  OSSL_PARAM no_modulus[] = {OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, &three, 1), OSSL_PARAM_END};
  print("from a point off the curve", query, from_data("EC", query, EVP_PKEY_PUBLIC_KEY, point));
  print("from a curve that does not exist", query, from_data("EC", query, EVP_PKEY_KEY_PARAMETERS, no_curve));
  print("from a public key without a modulus", query, from_data("RSA", query, EVP_PKEY_PUBLIC_KEY, no_modulus));
  OSSL_PARAM_free(pair);
  OSSL_PARAM_free(public);
}

// Calls in which libcrypto tries to export the key in the file to sesam.
static void compare(void) {
  EVP_PKEY *parameters = EVP_PKEY_new();
  print("file, device", NULL, EVP_PKEY_eq(in_file, in_device));
  print("device, file", NULL, EVP_PKEY_eq(in_device, in_file));
  print("parameters of file, device", NULL, EVP_PKEY_parameters_eq(in_file, in_device));
  print("parameters of device, file", NULL, EVP_PKEY_parameters_eq(in_device, in_file));
  X509 *certificate = X509_new();
  X509_set_pubkey(certificate, in_file);
  print("certificate of file, device", NULL, X509_check_private_key(certificate, in_device));
  print("certificate of file, file", NULL, X509_check_private_key(certificate, in_file));
  X509_set_pubkey(certificate, in_device);
  print("certificate of device, device", NULL, X509_check_private_key(certificate, in_device));
  if (EVP_PKEY_is_a(in_file, "EC") && EVP_PKEY_copy_parameters(parameters, in_file) == 1) {
    ERR_clear_error();
    print("parameters alone, device", NULL, EVP_PKEY_parameters_eq(parameters, in_device));
    print("device, parameters alone", NULL, EVP_PKEY_parameters_eq(in_device, parameters));
    print("a key that is parameters alone, device", NULL, EVP_PKEY_eq(parameters, in_device));
    print("device, a key that is parameters alone", NULL, EVP_PKEY_eq(in_device, parameters));
  }
  X509_free(certificate);
  EVP_PKEY_free(parameters);
}

static void use(const char *query, const char *path) {
  unsigned char signature[512];
  size_t length = sizeof signature;
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  const int signs = EVP_DigestSignInit_ex(digest, NULL, "SHA256", NULL, query, in_file, NULL) == 1 &&
                    EVP_DigestSign(digest, signature, &length, (const unsigned char *)"abc", 3) == 1;
  print("sign with the file", query, signs);
  EVP_MD_CTX_reset(digest);
  const int verifies = EVP_DigestVerifyInit_ex(digest, NULL, "SHA256", NULL, query, in_file, NULL) == 1 &&
                       EVP_DigestVerify(digest, signature, length, (const unsigned char *)"abc", 3) == 1;
  print("verify with the file", query, verifies);
  EVP_MD_CTX_free(digest);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, in_file, query);
  print("sign_init with the file", query, context != NULL && EVP_PKEY_sign_init(context) == 1);
  EVP_PKEY_CTX_free(context);
  context = EVP_PKEY_CTX_new_from_pkey(NULL, in_file, query);
  print("check of the file", query, context != NULL && EVP_PKEY_check(context) == 1);
  EVP_PKEY_CTX_free(context);
  BIO *in = BIO_new_file(path, "r");
  EVP_PKEY *again = PEM_read_bio_PrivateKey_ex(in, NULL, NULL, NULL, NULL, query);
  print("read the file", query, again != NULL);
  BIO_free(in);
  EVP_PKEY_free(again);
}

static int objects_in(OSSL_STORE_CTX *store) {
  int count = 0;
  while (!OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info = OSSL_STORE_load(store);
    if (info != NULL) ++count;
    OSSL_STORE_INFO_free(info);
  }
  OSSL_STORE_close(store);
  return count;
}

static void search(const char *uri) {
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  X509_NAME *name = X509_NAME_new();
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
  OSSL_STORE_SEARCH *wanted = OSSL_STORE_SEARCH_by_name(name);
  print("search by subject", NULL, OSSL_STORE_find(store, wanted));
  print("objects after the search", NULL, objects_in(store));
  OSSL_STORE_SEARCH_free(wanted);
  X509_NAME_free(name);
}

// An error in the default context keeps its text although another context, which loaded sesam later, is gone.
static void fail_beside_another_context(void) {
  OSSL_LIB_CTX *other = OSSL_LIB_CTX_new();
  if (OSSL_LIB_CTX_load_config(other, getenv("OPENSSL_CONF")) != 1) exit(1);
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(other, "sesam");
  const int objects = objects_in(OSSL_STORE_open("sesam:no-such-key", NULL, NULL, NULL, NULL));
  OSSL_PROVIDER_unload(provider);
  OSSL_LIB_CTX_free(other);
  print("fail beside another context", NULL, objects);
}

int main(int count, char **words) {
  if (count != 3) return 2;
  in_device = first_key(OSSL_STORE_open(words[1], NULL, NULL, NULL, NULL));
  BIO *in = BIO_new_file(words[2], "r");
  in_file = in == NULL ? NULL : PEM_read_bio_PrivateKey_ex(in, NULL, NULL, NULL, NULL, "provider=default");
  BIO_free(in);
  if (in_device == NULL || in_file == NULL) {
    ERR_print_errors_fp(stderr);
    return 1;
  }
  ERR_clear_error();
  for (size_t i = 0; i < sizeof queries / sizeof *queries; ++i) {
    import(queries[i]);
    use(queries[i], words[2]);
  }
  compare();
  search(words[1]);
  fail_beside_another_context();
  EVP_PKEY_free(made);
  EVP_PKEY_free(in_file);
  EVP_PKEY_free(in_device);
  return 0;
}
