// SPDX-License-Identifier: Apache-2.0
// Paddings, salts and digests of RSA signatures, and how contexts are configured for them.
#define _GNU_SOURCE  // MAP_ANONYMOUS
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "evp_calls_signature.h"

static EVP_PKEY_CTX *context_of(EVP_PKEY *key) { return EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL); }
static long algorithm_id_bytes(EVP_PKEY_CTX *context) {
  unsigned char der[256];
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, der, sizeof der),
                         OSSL_PARAM_construct_end()};
  return EVP_PKEY_CTX_get_params(context, params) == 1 ? (long)params[0].return_size : -1;
}

// PSS without a digest: the default provider uses SHA-1.
static long pss_without_md(const struct subject *subject, int (*init)(EVP_PKEY_CTX *), EVP_PKEY_CTX **context) {
  *context = context_of(subject->key);
  return init(*context) * 10 + EVP_PKEY_CTX_set_rsa_padding(*context, RSA_PKCS1_PSS_PADDING);
}
static long pss_without_md_signs(const struct subject *subject) {
  EVP_PKEY_CTX *context = NULL;
  unsigned char signature[kRoom];
  size_t length = sizeof signature;
  const long done = pss_without_md(subject, EVP_PKEY_sign_init, &context);
  return done * 10 + (EVP_PKEY_sign(context, signature, &length, kDigest, 20) == 1);
}
static long pss_without_md_has_sha1(const struct subject *subject) {
  EVP_PKEY_CTX *context = NULL;
  const EVP_MD *md = NULL;
  const long done = pss_without_md(subject, EVP_PKEY_sign_init, &context);
  return done * 100 + (EVP_PKEY_CTX_get_signature_md(context, &md) == 1) * 10 + (md != NULL && EVP_MD_is_a(md, "SHA1"));
}
static long pss_without_md_algorithm_id(const struct subject *subject) {
  EVP_PKEY_CTX *context = NULL;
  const long done = pss_without_md(subject, EVP_PKEY_sign_init, &context);
  if (EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) != 1) return -1;
  return done * 1000 + algorithm_id_bytes(context);
}
static long pss_without_md_algorithm_id_to_verify(const struct subject *subject) {
  EVP_PKEY_CTX *context = NULL;
  const long done = pss_without_md(subject, EVP_PKEY_verify_init, &context);
  if (EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) != 1) return -1;
  return done * 1000 + algorithm_id_bytes(context);
}
static long pss_without_md_verifies(const struct subject *subject) {
  EVP_PKEY_CTX *context = NULL;
  unsigned char signature[kRoom] = {0};
  const long done = pss_without_md(subject, EVP_PKEY_verify_init, &context);
  return done * 10 + (EVP_PKEY_verify(context, signature, 256, kDigest, 20) == 1);
}
static long pss_without_md_recovers(const struct subject *subject) {
  EVP_PKEY_CTX *context = NULL;
  unsigned char signature[kRoom] = {0}, out[kRoom];
  size_t length = sizeof out;
  if (subject->is_ec) return -1;
  const long done = pss_without_md(subject, EVP_PKEY_verify_recover_init, &context);
  return done * 10 + (EVP_PKEY_verify_recover(context, out, &length, signature, 256) == 1);
}

// Salts: that of a signature with a context's defaults, and each way to specify the length.
enum { kAsItIs = -100 };
static int pss_signature(EVP_PKEY *key, int salt, struct signature *made) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *inner = NULL;
  made->length = kRoom;
  return EVP_DigestSignInit(context, &inner, EVP_sha256(), NULL, key) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) == 1 &&
         (salt == kAsItIs || EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, salt) == 1) &&
         EVP_DigestSign(context, made->bytes, &made->length, kText, sizeof kText) == 1;
}
// -1: the context refused the settings, before verification
static int verifies_pss(EVP_PKEY *key, int salt, const struct signature *made) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *inner = NULL;
  if (EVP_DigestVerifyInit(context, &inner, EVP_sha256(), NULL, key) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) != 1 ||
      (salt != kAsItIs && EVP_PKEY_CTX_set_rsa_pss_saltlen(inner, salt) != 1))
    return -1;
  return EVP_DigestVerify(context, made->bytes, made->length, kText, sizeof kText) == 1;
}
static long pss_default_salt(const struct subject *subject) {
  struct signature made;
  if (!pss_signature(subject->key, kAsItIs, &made)) return -1;
  for (int bytes = 0; bytes < kRoom; ++bytes)
    if (verifies_pss(subject->public_part, bytes, &made) == 1) return bytes;
  return -2;
}
static long pss_default_salt_in_algorithm_id(const struct subject *subject) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *inner = NULL;
  int salt = 0;
  if (EVP_DigestSignInit(context, &inner, EVP_sha256(), NULL, subject->key) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) != 1 || EVP_PKEY_CTX_get_rsa_pss_saltlen(inner, &salt) != 1)
    return -1;
  return algorithm_id_bytes(inner) * 10 - salt;
}
// One digit for each way to specify the salt length; 2: refused
static long pss_salt_verifies(const struct subject *subject, int salt) {
  static const int kNamed[] = {kAsItIs, RSA_PSS_SALTLEN_DIGEST, RSA_PSS_SALTLEN_AUTO, RSA_PSS_SALTLEN_MAX, -4, 20, 21};
  struct signature made;
  long done = 0;
  if (!pss_signature(subject->key, salt, &made)) return -1;
  for (unsigned i = 0; i < sizeof kNamed / sizeof kNamed[0]; ++i) {
    const int answer = verifies_pss(subject->key, kNamed[i], &made);
    done = done * 10 + (answer < 0 ? 2 : answer);
  }
  return done;
}
ASK(pss_salt_20_verifies, pss_salt_verifies(subject, 20))
ASK(pss_salt_digest_verifies, pss_salt_verifies(subject, RSA_PSS_SALTLEN_DIGEST))
ASK(pss_salt_max_verifies, pss_salt_verifies(subject, RSA_PSS_SALTLEN_MAX))

// A context restarted without a key: the padding returns to PKCS#1 v1.5, the digest stays.
static long restarted(const struct subject *subject, const EVP_MD *md) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *inner = NULL;
  struct signature made = {.length = kRoom};
  int padding = 0;
  if (EVP_DigestSignInit(context, &inner, EVP_sha384(), NULL, subject->key) != 1) return -1;
  if (!subject->is_ec && EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING) != 1) return -2;
  if (EVP_DigestSignInit(context, &inner, md, NULL, NULL) != 1) return -3;
  if (!subject->is_ec) EVP_PKEY_CTX_get_rsa_padding(inner, &padding);
  if (EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText) != 1) return -4;
  context = EVP_MD_CTX_new();
  return EVP_DigestVerifyInit(context, NULL, md == NULL ? EVP_sha384() : md, NULL, subject->public_part) == 1
             ? padding * 10 + (EVP_DigestVerify(context, made.bytes, made.length, kText, sizeof kText) == 1)
             : -5;
}
ASK(restart_with_the_same_md, restarted(subject, EVP_sha384()))
ASK(restart_without_md, restarted(subject, NULL))
static long restart_verification(const struct subject *subject) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *inner = NULL;
  struct signature made = {.length = kRoom};
  if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, subject->key) != 1 ||
      EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText) != 1)
    return -1;
  context = EVP_MD_CTX_new();
  long done = EVP_DigestVerifyInit(context, &inner, EVP_sha256(), NULL, subject->key);
  if (!subject->is_ec) done = done * 10 + EVP_PKEY_CTX_set_rsa_padding(inner, RSA_PKCS1_PSS_PADDING);
  done = done * 10 + EVP_DigestVerifyUpdate(context, kText, 4);
  done = done * 10 + EVP_DigestVerifyInit(context, &inner, EVP_sha256(), NULL, NULL);
  done = done * 10 + EVP_DigestVerifyUpdate(context, kText, 4);
  EVP_MD_CTX *copy = EVP_MD_CTX_new();
  done = done * 10 + EVP_MD_CTX_copy_ex(copy, context);
  done = done * 10 + EVP_DigestVerifyUpdate(copy, kText + 4, sizeof kText - 4);
  return done * 10 + EVP_DigestVerifyFinal(copy, made.bytes, made.length);
}

// OpenSSL verifies with digests that the device cannot sign.
static long digest_verifies(const struct subject *subject, const char *digest) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  unsigned char signature[kRoom] = {1};
  return EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, subject->key, NULL) * 10 +
         (EVP_DigestVerify(context, signature, 256, kText, sizeof kText) == 1);
}
ASK(verify_md5, digest_verifies(subject, "MD5"))
ASK(verify_md5_sha1, digest_verifies(subject, "MD5-SHA1"))
ASK(verify_by_oid, digest_verifies(subject, "2.16.840.1.101.3.4.2.1"))
ASK(verify_unknown_digest, digest_verifies(subject, "no-such-digest"))
static long padding_verifies(const struct subject *subject, int padding, const EVP_MD *md) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  unsigned char signature[kRoom] = {1};
  long done = EVP_PKEY_verify_init(context);
  if (subject->is_ec) return done;
  if (md != NULL) done = done * 10 + EVP_PKEY_CTX_set_signature_md(context, md);
  done = done * 10 + EVP_PKEY_CTX_set_rsa_padding(context, padding);
  return done * 10 + (EVP_PKEY_verify(context, signature, 256, kDigest, 32) == 1);
}
ASK(verify_x931, padding_verifies(subject, RSA_X931_PADDING, EVP_sha256()))
ASK(verify_no_padding, padding_verifies(subject, RSA_NO_PADDING, NULL))
ASK(verify_pkcs1_without_md, padding_verifies(subject, RSA_PKCS1_PADDING, NULL))
ASK(verify_oaep, padding_verifies(subject, RSA_PKCS1_OAEP_PADDING, NULL))
static long recover_no_padding(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  unsigned char signature[kRoom] = {0}, out[kRoom];
  size_t length = sizeof out;
  if (subject->is_ec) return -1;
  signature[100] = 1;
  long done = EVP_PKEY_verify_recover_init(context);
  done = done * 10 + EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING);
  done = done * 10 + (EVP_PKEY_verify_recover(context, out, &length, signature, 256) == 1);
  return done * 1000 + (long)length;
}

static long sign_by_oid(const struct subject *subject) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  struct signature made = {.length = kRoom};
  return EVP_DigestSignInit_ex(context, NULL, "2.16.840.1.101.3.4.2.1", NULL, NULL, subject->key, NULL) * 10 +
         (EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText) == 1);
}
static long sign_md5(const struct subject *subject) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  struct signature made = {.length = kRoom};
  return (EVP_DigestSignInit_ex(context, NULL, "MD5", NULL, NULL, subject->key, NULL) == 1) * 10 +
         (EVP_DigestSign(context, made.bytes, &made.length, kText, sizeof kText) == 1);
}
// One digit for each length of the input; 1: the signature verifies.
static long sign_raw_lengths(const struct subject *subject) {
  static const size_t kLengths[] = {1, 20, 32, 48, 64, 65, 100};
  long done = 0;
  unsigned char input[100];
  memset(input, 0x5a, sizeof input);
  if (!subject->is_ec) return -1;
  for (unsigned i = 0; i < sizeof kLengths / sizeof kLengths[0]; ++i) {
    EVP_PKEY_CTX *signing = context_of(subject->key), *verifying = context_of(subject->public_part);
    struct signature made = {.length = kRoom};
    const int ok = EVP_PKEY_sign_init(signing) == 1 && EVP_PKEY_verify_init(verifying) == 1 &&
                   EVP_PKEY_sign(signing, made.bytes, &made.length, input, kLengths[i]) == 1 &&
                   EVP_PKEY_verify(verifying, made.bytes, made.length, input, kLengths[i]) == 1;
    done = done * 10 + ok;
  }
  return done;
}
static long sign_empty(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  struct signature made = {.length = kRoom};
  return EVP_PKEY_sign_init(context) * 10 + (EVP_PKEY_sign(context, made.bytes, &made.length, kDigest, 0) == 1);
}

// Parameters that only PSS uses can be read with any padding.
static long pss_values_of_pkcs1(const struct subject *subject) {
  EVP_PKEY_CTX *context = context_of(subject->key);
  const EVP_MD *md = NULL;
  int salt = 0;
  if (EVP_PKEY_sign_init(context) != 1 || EVP_PKEY_CTX_set_signature_md(context, EVP_sha384()) != 1) return -1;
  const long done = (EVP_PKEY_CTX_get_rsa_mgf1_md(context, &md) > 0) * 10 + (md != NULL && EVP_MD_is_a(md, "SHA384"));
  return done * 1000 + (EVP_PKEY_CTX_get_rsa_pss_saltlen(context, &salt) > 0) * 100 - salt;
}

// A text parameter need not be null-terminated; only its size counts. This text ends at an inaccessible page.
static OSSL_PARAM at_the_end_of_a_page(const char *key, const char *text) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), length = strlen(text);
  char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(pages + page, page, PROT_NONE);
  const OSSL_PARAM param = {key, OSSL_PARAM_UTF8_STRING, memcpy(pages + page - length, text, length), length, 0};
  return param;
}
static long text_without_terminator(const struct subject *subject) {
  const OSSL_PARAM digest[] = {at_the_end_of_a_page("digest", "SHA256"), OSSL_PARAM_construct_end()};
  return EVP_PKEY_sign_init_ex(context_of(subject->key), digest);
}
static long texts_followed_by_others(const struct subject *subject) {
  char name[] = "SHA256XYZ", pad[] = "pss", salt[] = "20abc";
  const OSSL_PARAM params[] = {{"digest", OSSL_PARAM_UTF8_STRING, name, 6, 0},
                               {"pad-mode", OSSL_PARAM_UTF8_STRING, pad, 3, 0},
                               {"saltlen", OSSL_PARAM_UTF8_STRING, salt, 2, 0},
                               OSSL_PARAM_construct_end()};
  return EVP_PKEY_sign_init_ex(context_of(subject->key), params);
}

const struct call scheme_calls[] = {
    CALL(pss_without_md_signs), CALL(pss_without_md_has_sha1), CALL(pss_without_md_algorithm_id),
    CALL(pss_without_md_algorithm_id_to_verify), CALL(pss_without_md_verifies), CALL(pss_without_md_recovers),
    CALL(pss_default_salt), CALL(pss_default_salt_in_algorithm_id), CALL(pss_salt_20_verifies),
    CALL(pss_salt_digest_verifies), CALL(pss_salt_max_verifies), CALL(restart_with_the_same_md),
    CALL(restart_without_md), CALL(restart_verification), CALL(verify_md5),
    CALL(verify_md5_sha1), CALL(verify_by_oid), CALL(verify_unknown_digest), CALL(verify_x931), CALL(verify_no_padding),
    CALL(verify_pkcs1_without_md), CALL(verify_oaep), CALL(recover_no_padding), CALL(sign_by_oid), CALL(sign_md5),
    CALL(sign_raw_lengths), CALL(sign_empty), CALL(pss_values_of_pkcs1), CALL(text_without_terminator),
    CALL(texts_followed_by_others), {NULL, NULL}};
