// SPDX-License-Identifier: Apache-2.0
// Operations with a key: signing with every order of calls, verification, encryption, certificates.
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "evp_calls_signature.h"

// Verifies with the public key in memory, independently of the provider that signed.
static int is_good(const struct subject *subject, const char *digest, const struct signature *made) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  return EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, subject->public_part, NULL) == 1 &&
         EVP_DigestVerify(context, made->bytes, made->length, kText, sizeof kText) == 1;
}
static int one_shot(EVP_PKEY *key, const char *digest, struct signature *made) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  made->length = kRoom;
  return EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key, NULL) == 1 &&
         EVP_DigestSign(context, made->bytes, &made->length, kText, sizeof kText) == 1;
}
static long signs(const struct subject *subject, const char *digest) {
  struct signature made;
  return one_shot(subject->key, digest, &made) * 10 + is_good(subject, digest, &made);
}
ASK(digest_sign_sha1, signs(subject, "SHA1"))
ASK(digest_sign_sha224, signs(subject, "SHA224"))
ASK(digest_sign_sha256, signs(subject, "SHA2-256"))
ASK(digest_sign_sha384, signs(subject, "SHA384"))
ASK(digest_sign_sha512, signs(subject, "SHA512"))
ASK(digest_sign_sha3, signs(subject, "SHA3-256"))
ASK(digest_sign_unknown, signs(subject, "no-such-digest"))
ASK(digest_sign_default, signs(subject, NULL))

static long digest_sign_in_parts(const struct subject *subject) {
  struct signature made = {.length = 0};
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  long done = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, subject->key);
  done = done * 10 + EVP_DigestSignUpdate(context, kText, 4);
  done = done * 10 + EVP_DigestSignUpdate(context, kText + 4, sizeof kText - 4);
  done = done * 10 + EVP_DigestSignFinal(context, NULL, &made.length);
  done = done * 10 + EVP_DigestSignFinal(context, made.bytes, &made.length);
  return done * 10 + is_good(subject, "SHA256", &made);
}
static long digest_sign_of_a_copy(const struct subject *subject) {
  struct signature made = {.length = kRoom};
  EVP_MD_CTX *context = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
  long done = EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, subject->key);
  done = done * 10 + EVP_DigestSignUpdate(context, kText, sizeof kText);
  done = done * 10 + EVP_MD_CTX_copy_ex(copy, context);
  done = done * 10 + EVP_DigestSignFinal(copy, made.bytes, &made.length);
  return done * 10 + is_good(subject, "SHA256", &made);
}
static long digest_sign_short_buffer(const struct subject *subject) {
  unsigned char bytes[8];
  size_t length = sizeof bytes;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  return EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, subject->key) * 10 +
         (EVP_DigestSign(context, bytes, &length, kText, sizeof kText) == 1);
}
static long digest_sign_with_the_same_context(const struct subject *subject) {
  struct signature made = {.length = kRoom};
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  long done = EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, subject->key);
  done = done * 10 + EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText);
  EVP_MD_CTX_reset(context);
  made.length = kRoom;
  done = done * 10 + EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, subject->key);
  done = done * 10 + EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText);
  return done * 10 + is_good(subject, "SHA256", &made);
}

static EVP_PKEY_CTX *context_of(EVP_PKEY *key) { return EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL); }
static long sign_raw(const struct subject *subject, const EVP_MD *md, size_t length) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  long done = EVP_PKEY_sign_init(context);
  if (md != NULL) done = done * 10 + EVP_PKEY_CTX_set_signature_md(context, md);
  return done * 10 + (EVP_PKEY_sign(context, made.bytes, &made.length, kDigest, length) == 1);
}
ASK(sign_digest, sign_raw(subject, EVP_sha256(), 32))
ASK(sign_digest_of_wrong_length, sign_raw(subject, EVP_sha256(), 31))
ASK(sign_without_md, sign_raw(subject, NULL, 32))
ASK(sign_without_init, EVP_PKEY_sign(context_of(subject->key), NULL, &(size_t){0}, kDigest, 32))
static long sign_by_a_copy(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  if (EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1) return -1;
  EVP_PKEY_CTX *copy = EVP_PKEY_CTX_dup(context);
  return copy == NULL ? 0 : EVP_PKEY_sign(copy, made.bytes, &made.length, kDigest, 32);
}
static long sign_size_query(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  size_t length = 0;
  if (EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1) return -1;
  return EVP_PKEY_sign(context, NULL, &length, kDigest, 32) * 1000 + (long)length;
}

// The signature overwrites the digest in the same buffer.
static long sign_in_place(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  if (EVP_Digest(kText, sizeof kText, made.bytes, NULL, EVP_sha256(), NULL) != 1 || EVP_PKEY_sign_init(context) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1)
    return -1;
  return EVP_PKEY_sign(context, made.bytes, &made.length, made.bytes, 32) * 10 + is_good(subject, "SHA256", &made);
}

static long by_words(const struct subject *subject, const char *const *words) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  long done = EVP_PKEY_sign_init(context);
  for (; words[0] != NULL; words += 2) done = done * 10 + (EVP_PKEY_CTX_ctrl_str(context, words[0], words[1]) > 0);
  return done * 10 + (EVP_PKEY_sign(context, made.bytes, &made.length, kDigest, 32) == 1);
}
#define WORDS(name, ...) ASK(name, by_words(subject, (const char *const[]){__VA_ARGS__, NULL}))
WORDS(words_digest, "digest", "sha256")
WORDS(words_pss, "digest", "sha256", "rsa_padding_mode", "pss")
WORDS(words_pss_salt_digest, "digest", "sha256", "rsa_padding_mode", "pss", "rsa_pss_saltlen", "digest")
WORDS(words_pss_salt_max, "digest", "sha256", "rsa_padding_mode", "pss", "rsa_pss_saltlen", "max")
WORDS(words_pss_salt_20, "digest", "sha256", "rsa_padding_mode", "pss", "rsa_pss_saltlen", "20")
WORDS(words_pss_salt_too_long, "digest", "sha256", "rsa_padding_mode", "pss", "rsa_pss_saltlen", "5000")
WORDS(words_salt_without_pss, "digest", "sha256", "rsa_pss_saltlen", "20")
WORDS(words_pss_mgf1_same, "digest", "sha256", "rsa_padding_mode", "pss", "rsa_mgf1_md", "sha256")
WORDS(words_pss_mgf1_other, "digest", "sha256", "rsa_padding_mode", "pss", "rsa_mgf1_md", "sha1")
WORDS(words_mgf1_without_pss, "digest", "sha256", "rsa_mgf1_md", "sha256")
WORDS(words_padding_none, "rsa_padding_mode", "none")
WORDS(words_padding_x931, "digest", "sha256", "rsa_padding_mode", "x931")
WORDS(words_padding_oaep, "rsa_padding_mode", "oaep")
WORDS(words_unknown, "digest", "sha256", "no_such_word", "1")

static long params_in_any_order(const struct subject *subject) {
  struct signature made = {.length = kRoom};
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, (char *)"digest", 0),
                               OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, (char *)"SHA256", 0),
                               OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, (char *)"pss", 0),
                               OSSL_PARAM_construct_end()};
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  return EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, subject->key, params) * 10 +
         (EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText) == 1);
}
static long params_unknown(const struct subject *subject) {
  int number = 1;
  OSSL_PARAM params[] = {OSSL_PARAM_construct_int("no-such-parameter", &number), OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX *context = context_of(subject->key);
  return EVP_PKEY_sign_init_ex(context, params) * 10 + EVP_PKEY_CTX_set_params(context, params);
}
static long algorithm_id(const struct subject *subject) {
  unsigned char der[256];
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, der, sizeof der),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX *inner = NULL;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (EVP_DigestSignInit(context, &inner, EVP_sha256(), NULL, subject->key) != 1) return -1;
  return EVP_PKEY_CTX_get_params(inner, params) * 1000 + (long)params[0].return_size;
}
static long signature_md(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  const EVP_MD *md = NULL;
  if (EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_signature_md(context, EVP_sha384()) != 1) return -1;
  return EVP_PKEY_CTX_get_signature_md(context, &md) * 10 + (md != NULL && EVP_MD_is_a(md, "SHA384"));
}

static long verifies(const struct subject *subject, int change) {
  struct signature made;
  if (!one_shot(subject->key, "SHA256", &made)) return -1;
  made.bytes[made.length - 1] ^= (unsigned char)change;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  return EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, subject->key) * 10 +
         (EVP_DigestVerify(context, made.bytes, made.length, kText, sizeof kText) == 1);
}
ASK(verify_good, verifies(subject, 0))
ASK(verify_changed, verifies(subject, 1))
static long verify_digest(const struct subject *subject) {
  EVP_PKEY_CTX *signing = context_of(subject->key), *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  if (EVP_PKEY_sign_init(signing) != 1 || EVP_PKEY_CTX_set_signature_md(signing, EVP_sha256()) != 1 ||
      EVP_PKEY_sign(signing, made.bytes, &made.length, kDigest, 32) != 1)
    return -1;
  return EVP_PKEY_verify_init(context) * 100 + EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) * 10 +
         EVP_PKEY_verify(context, made.bytes, made.length, kDigest, 32);
}
static long recovered(const struct subject *subject, const EVP_MD *md) {
  EVP_PKEY_CTX *signing = context_of(subject->key), *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  unsigned char out[kRoom];
  size_t length = sizeof out;
  if (EVP_PKEY_sign_init(signing) != 1 || EVP_PKEY_CTX_set_signature_md(signing, EVP_sha256()) != 1 ||
      EVP_PKEY_sign(signing, made.bytes, &made.length, kDigest, 32) != 1)
    return -1;
  if (EVP_PKEY_verify_recover_init(context) != 1) return -2;
  if (md != NULL && EVP_PKEY_CTX_set_signature_md(context, md) != 1) return -3;
  if (EVP_PKEY_verify_recover(context, out, &length, made.bytes, made.length) != 1) return -4;
  return (long)length * 10 + (length >= 32 && memcmp(out + length - 32, kDigest, 32) == 0);
}
ASK(verify_recover, recovered(subject, EVP_sha256()))
ASK(verify_recover_without_md, recovered(subject, NULL))

static long encrypts(const struct subject *subject, int padding) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  unsigned char out[kRoom];
  size_t length = sizeof out;
  if (EVP_PKEY_encrypt_init(context) != 1) return -1;
  if (padding != 0 && EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1) return -2;
  return EVP_PKEY_encrypt(context, out, &length, kDigest, 16) * 1000 + (long)length;
}
ASK(encrypt_pkcs1, encrypts(subject, 0))
ASK(encrypt_oaep, encrypts(subject, RSA_PKCS1_OAEP_PADDING))
ASK(decrypt_init, EVP_PKEY_decrypt_init(context_of(subject->key)) == 1)
static long derive(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  unsigned char out[kRoom];
  size_t length = sizeof out;
  return EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, subject->other) == 1 &&
         EVP_PKEY_derive(context, out, &length) == 1;
}
ASK(encapsulate_init, EVP_PKEY_encapsulate_init(context_of(subject->key), NULL) == 1)

static X509 *certificate(const struct subject *subject) {
  X509 *made = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_NAME *const name = X509_NAME_new();
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
  X509_set_subject_name(made, name);
  X509_set_issuer_name(made, name);
  X509_NAME_free(name);
  return X509_set_pubkey(made, subject->key) == 1 && X509_sign(made, subject->key, EVP_sha256()) > 0 ? made : NULL;
}
ASK(x509_sign, certificate(subject) != NULL)
ASK(x509_verify, certificate(subject) == NULL ? -1 : X509_verify(certificate(subject), subject->key))
ASK(x509_check_private_key, certificate(subject) == NULL ? -1 : X509_check_private_key(certificate(subject), subject->key))
static long x509_req(const struct subject *subject) {
  X509_REQ *request = X509_REQ_new();
  return X509_REQ_set_pubkey(request, subject->key) * 100 + (X509_REQ_sign(request, subject->key, EVP_sha256()) > 0) * 10 +
         X509_REQ_verify(request, subject->public_part);
}
static long cms_sign(const struct subject *subject) {
  X509 *signer = certificate(subject);
  BIO *data = BIO_new_mem_buf(kText, sizeof kText);
  return signer == NULL ? -1 : CMS_sign(signer, subject->key, NULL, data, CMS_BINARY) != NULL;
}
static long pkcs7_sign(const struct subject *subject) {
  X509 *signer = certificate(subject);
  BIO *data = BIO_new_mem_buf(kText, sizeof kText);
  return signer == NULL ? -1 : PKCS7_sign(signer, subject->key, NULL, data, PKCS7_BINARY) != NULL;
}

const struct call signing_calls[] = {
    CALL(digest_sign_sha1), CALL(digest_sign_sha224), CALL(digest_sign_sha256), CALL(digest_sign_sha384),
    CALL(digest_sign_sha512), CALL(digest_sign_sha3), CALL(digest_sign_unknown), CALL(digest_sign_default),
    CALL(digest_sign_in_parts), CALL(digest_sign_of_a_copy), CALL(digest_sign_short_buffer),
    CALL(digest_sign_with_the_same_context), CALL(sign_digest), CALL(sign_digest_of_wrong_length), CALL(sign_without_md),
    CALL(sign_without_init), CALL(sign_by_a_copy), CALL(sign_size_query), CALL(sign_in_place), CALL(words_digest),
    CALL(words_pss),
    CALL(words_pss_salt_digest), CALL(words_pss_salt_max), CALL(words_pss_salt_20), CALL(words_pss_salt_too_long),
    CALL(words_salt_without_pss), CALL(words_pss_mgf1_same), CALL(words_pss_mgf1_other), CALL(words_mgf1_without_pss),
    CALL(words_padding_none),
    CALL(words_padding_x931), CALL(words_padding_oaep), CALL(words_unknown), CALL(params_in_any_order), CALL(params_unknown),
    CALL(algorithm_id), CALL(signature_md), CALL(verify_good), CALL(verify_changed), CALL(verify_digest),
    CALL(verify_recover), CALL(verify_recover_without_md), CALL(encrypt_pkcs1), CALL(encrypt_oaep), CALL(decrypt_init),
    CALL(derive), CALL(encapsulate_init), CALL(x509_sign), CALL(x509_verify), CALL(x509_check_private_key),
    CALL(x509_req), CALL(cms_sign), CALL(pkcs7_sign), {NULL, NULL}};
