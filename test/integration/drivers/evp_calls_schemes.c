// SPDX-License-Identifier: Apache-2.0
// Paddings, salts and digests of RSA signatures, and how contexts are set to them.
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <string.h>

#include "evp_calls.h"

enum { kRoom = 512 };
static const unsigned char kDigest[64] = "a digest";

static EVP_PKEY_CTX *context_of(EVP_PKEY *key) { return EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL); }
static long algorithm_id_bytes(EVP_PKEY_CTX *context) {
  unsigned char der[256];
  OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, der, sizeof der),
                         OSSL_PARAM_construct_end()};
  return EVP_PKEY_CTX_get_params(context, params) == 1 ? (long)params[0].return_size : -1;
}

// PSS without a digest: the default provider takes SHA-1.
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
const struct call scheme_calls[] = {
    CALL(pss_without_md_signs), CALL(pss_without_md_has_sha1), CALL(pss_without_md_algorithm_id),
    CALL(pss_without_md_algorithm_id_to_verify), CALL(pss_without_md_verifies), {NULL, NULL}};
