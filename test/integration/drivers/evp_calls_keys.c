// SPDX-License-Identifier: Apache-2.0
// Calls about the key itself: type, parameters, copies, comparisons, checks and output formats.
#define OPENSSL_SUPPRESS_DEPRECATED  // EVP_PKEY_get0_RSA(3) and EVP_PKEY_get0_EC_KEY(3)
#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

#include "evp_calls.h"

#define ASK(name, expression)                         \
  static long name(const struct subject *subject) {   \
    EVP_PKEY *const key = subject->key;               \
    (void)key;                                        \
    return (long)(expression);                        \
  }

static EVP_PKEY_CTX *context_for(EVP_PKEY *key) { return EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL); }
ASK(paramgen_init, EVP_PKEY_paramgen_init(context_for(key)))
ASK(settable_for_parameters, EVP_PKEY_fromdata_settable(context_for(key), EVP_PKEY_KEY_PARAMETERS) != NULL)
ASK(settable_for_public_key, EVP_PKEY_fromdata_settable(context_for(key), EVP_PKEY_PUBLIC_KEY) != NULL)
ASK(settable_for_key_pair, EVP_PKEY_fromdata_settable(context_for(key), EVP_PKEY_KEYPAIR) != NULL)
ASK(set_default_digest, EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_DEFAULT_DIGEST, "SHA256"))
ASK(set_group, EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, "P-256"))

static BIO *sink(void) { return BIO_new(BIO_s_mem()); }

ASK(get_id, EVP_PKEY_get_id(key))
ASK(get_base_id, EVP_PKEY_get_base_id(key))
ASK(is_a_ec, EVP_PKEY_is_a(key, "EC"))
ASK(is_a_rsa, EVP_PKEY_is_a(key, "RSA"))
ASK(is_a_oid, EVP_PKEY_is_a(key, subject->is_ec ? "1.2.840.10045.2.1" : "1.2.840.113549.1.1.1"))
ASK(get_bits, EVP_PKEY_get_bits(key))
ASK(get_security_bits, EVP_PKEY_get_security_bits(key))
ASK(get_size, EVP_PKEY_get_size(key))
ASK(can_sign, EVP_PKEY_can_sign(key))
ASK(missing_parameters, EVP_PKEY_missing_parameters(key))
ASK(get_field_type, EVP_PKEY_get_field_type(key))
ASK(get_ec_point_conv_form, EVP_PKEY_get_ec_point_conv_form(key))
ASK(type_name, strcmp(EVP_PKEY_get0_type_name(key), subject->is_ec ? "EC" : "RSA"))
ASK(gettable_params, EVP_PKEY_gettable_params(key) != NULL)
ASK(up_ref, EVP_PKEY_up_ref(key))

static long default_digest_name(const struct subject *subject) {
  char name[50] = "";
  const int answer = EVP_PKEY_get_default_digest_name(subject->key, name, sizeof name);
  return answer * 100 + (strcmp(name, "SHA256") == 0);
}
static long default_digest_nid(const struct subject *subject) {
  int nid = 0;
  return EVP_PKEY_get_default_digest_nid(subject->key, &nid) * 10000 + nid;
}
static long group_name(const struct subject *subject) {
  char name[50] = "";
  size_t length = 0;
  return EVP_PKEY_get_group_name(subject->key, name, sizeof name, &length) * 100 + (long)length;
}
static long param_octets(const struct subject *subject, const char *name) {
  unsigned char bytes[600];
  size_t length = 0;
  return EVP_PKEY_get_octet_string_param(subject->key, name, bytes, sizeof bytes, &length) * 1000 + (long)length;
}
static long param_number(const struct subject *subject, const char *name) {
  BIGNUM *number = NULL;
  const int answer = EVP_PKEY_get_bn_param(subject->key, name, &number);
  const long found = number != NULL && !BN_is_zero(number);
  BN_clear_free(number);
  return answer * 10 + found;
}
static long param_int(const struct subject *subject, const char *name) {
  int number = 0;
  return EVP_PKEY_get_int_param(subject->key, name, &number) * 100000 + number;
}
ASK(param_pub, param_octets(subject, OSSL_PKEY_PARAM_PUB_KEY))
ASK(param_encoded_pub, param_octets(subject, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY))
ASK(param_generator, param_octets(subject, OSSL_PKEY_PARAM_EC_GENERATOR))
ASK(param_qx, param_number(subject, OSSL_PKEY_PARAM_EC_PUB_X))
ASK(param_qy, param_number(subject, OSSL_PKEY_PARAM_EC_PUB_Y))
ASK(param_order, param_number(subject, OSSL_PKEY_PARAM_EC_ORDER))
ASK(param_n, param_number(subject, OSSL_PKEY_PARAM_RSA_N))
ASK(param_e, param_number(subject, OSSL_PKEY_PARAM_RSA_E))
ASK(param_private, param_number(subject, subject->is_ec ? OSSL_PKEY_PARAM_PRIV_KEY : OSSL_PKEY_PARAM_RSA_D))
ASK(param_bits, param_int(subject, OSSL_PKEY_PARAM_BITS))
ASK(param_max_size, param_int(subject, OSSL_PKEY_PARAM_MAX_SIZE))
ASK(param_unknown, param_int(subject, "no-such-parameter"))

ASK(set_unknown, EVP_PKEY_set_int_param(key, "no-such-parameter", 1))
ASK(set_point_format, EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed") * 1000 +
                          param_octets(subject, OSSL_PKEY_PARAM_PUB_KEY) % 1000)
ASK(set_point_format_invalid, EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "nonsense"))
ASK(set_encoding, EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, "explicit"))
static long set_number(const struct subject *subject) {
  BIGNUM *one = BN_new();
  BN_one(one);
  const int answer = EVP_PKEY_set_bn_param(subject->key, subject->is_ec ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_RSA_N, one);
  BN_free(one);
  return answer;
}
static long set_encoded_public_key(const struct subject *subject) {
  unsigned char *point = NULL;
  const size_t length = EVP_PKEY_get1_encoded_public_key(subject->other, &point);
  return length == 0 ? -1 : EVP_PKEY_set1_encoded_public_key(subject->key, point, length);
}
static long compressed_in_spki(const struct subject *subject) {
  EVP_PKEY_set_utf8_string_param(subject->key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "compressed");
  return i2d_PUBKEY(subject->key, NULL);
}

ASK(eq_itself, EVP_PKEY_eq(key, key))
ASK(eq_public_part, EVP_PKEY_eq(key, subject->public_part))
ASK(eq_public_part_first, EVP_PKEY_eq(subject->public_part, key))
ASK(eq_other, EVP_PKEY_eq(key, subject->other))
ASK(parameters_eq_itself, EVP_PKEY_parameters_eq(key, key))
ASK(parameters_eq_other, EVP_PKEY_parameters_eq(key, subject->other))
static long eq_duplicate(const struct subject *subject) { return EVP_PKEY_eq(EVP_PKEY_dup(subject->key), subject->key); }
static long parameters_of_other_curve(const struct subject *subject) {
  EVP_PKEY *other = subject->is_ec ? EVP_EC_gen("P-384") : subject->other;
  return EVP_PKEY_parameters_eq(subject->key, other);
}
static EVP_PKEY *with_parameters(const struct subject *subject) {
  EVP_PKEY *copy = EVP_PKEY_new();
  return EVP_PKEY_copy_parameters(copy, subject->key) == 1 ? copy : NULL;
}
ASK(copy_parameters, with_parameters(subject) != NULL)
ASK(copy_has_the_key, with_parameters(subject) == NULL ? -1 : EVP_PKEY_eq(with_parameters(subject), key))
ASK(copy_has_the_parameters, with_parameters(subject) == NULL ? -1 : EVP_PKEY_parameters_eq(with_parameters(subject), key))
static long copy_takes_the_point_of_another(const struct subject *subject) {
  EVP_PKEY *copy = with_parameters(subject);
  unsigned char *point = NULL;
  const size_t length = EVP_PKEY_get1_encoded_public_key(subject->other, &point);
  if (copy == NULL || length == 0 || EVP_PKEY_set1_encoded_public_key(copy, point, length) != 1) return -1;
  return EVP_PKEY_eq(copy, subject->other) * 10 + EVP_PKEY_eq(copy, subject->key);
}

static EVP_PKEY_CTX *context(const struct subject *subject) { return EVP_PKEY_CTX_new_from_pkey(NULL, subject->key, NULL); }
ASK(check, EVP_PKEY_check(context(subject)))
ASK(public_check, EVP_PKEY_public_check(context(subject)))
ASK(public_check_quick, EVP_PKEY_public_check_quick(context(subject)))
ASK(param_check, EVP_PKEY_param_check(context(subject)))
ASK(private_check, EVP_PKEY_private_check(context(subject)))
ASK(pairwise_check, EVP_PKEY_pairwise_check(context(subject)))

ASK(print_public, EVP_PKEY_print_public(sink(), key, 0, NULL))
ASK(print_private, EVP_PKEY_print_private(sink(), key, 0, NULL))
ASK(print_params, EVP_PKEY_print_params(sink(), key, 0, NULL))
ASK(i2d_pubkey, i2d_PUBKEY(key, NULL) > 0)
ASK(i2d_public_key, i2d_PublicKey(key, NULL) > 0)
ASK(i2d_private_key, i2d_PrivateKey(key, NULL) > 0)
ASK(i2d_key_params, i2d_KeyParams(key, NULL) > 0)
ASK(pem_pubkey, PEM_write_bio_PUBKEY(sink(), key))
ASK(pem_private_key, PEM_write_bio_PrivateKey(sink(), key, NULL, NULL, 0, NULL, NULL))
ASK(pem_private_key_traditional, PEM_write_bio_PrivateKey_traditional(sink(), key, NULL, NULL, 0, NULL, NULL))
ASK(pem_parameters, PEM_write_bio_Parameters(sink(), key))
ASK(pkcs8, EVP_PKEY2PKCS8(key) != NULL)
ASK(pkcs12, PKCS12_create("x", "name", key, NULL, NULL, 0, 0, 0, 0, 0) != NULL)
ASK(get0_legacy, (subject->is_ec ? (const void *)EVP_PKEY_get0_EC_KEY(key) : (const void *)EVP_PKEY_get0_RSA(key)) != NULL)
static long todata(const struct subject *subject, int selection) {
  OSSL_PARAM *params = NULL;
  const int answer = EVP_PKEY_todata(subject->key, selection, &params);
  OSSL_PARAM_free(params);
  return answer;
}
ASK(todata_public, todata(subject, EVP_PKEY_PUBLIC_KEY))
ASK(todata_keypair, todata(subject, EVP_PKEY_KEYPAIR))
ASK(todata_parameters, todata(subject, EVP_PKEY_KEY_PARAMETERS))
static long encoders(const struct subject *subject, int selection, const char *type, const char *structure) {
  OSSL_ENCODER_CTX *context = OSSL_ENCODER_CTX_new_for_pkey(subject->key, selection, type, structure, NULL);
  BIO *out = sink();
  return context != NULL && OSSL_ENCODER_to_bio(context, out) == 1 && BIO_pending(out) > 0;
}
ASK(encode_public_pem, encoders(subject, EVP_PKEY_PUBLIC_KEY, "PEM", "SubjectPublicKeyInfo"))
ASK(encode_public_der, encoders(subject, EVP_PKEY_PUBLIC_KEY, "DER", "SubjectPublicKeyInfo"))
ASK(encode_private_pem, encoders(subject, EVP_PKEY_KEYPAIR, "PEM", "PrivateKeyInfo"))
ASK(encode_private_der, encoders(subject, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo"))
ASK(encode_type_specific_pem, encoders(subject, EVP_PKEY_KEYPAIR, "PEM", "type-specific"))
ASK(encode_text, encoders(subject, EVP_PKEY_KEYPAIR, "TEXT", NULL))

static long generate_from_template(const struct subject *subject) {
  EVP_PKEY_CTX *made = context(subject);
  EVP_PKEY *key = NULL;
  return EVP_PKEY_keygen_init(made) * 10 + EVP_PKEY_generate(made, &key);
}

const struct call key_calls[] = {
    CALL(get_id), CALL(get_base_id), CALL(is_a_ec), CALL(is_a_rsa), CALL(is_a_oid), CALL(get_bits),
    CALL(get_security_bits), CALL(get_size), CALL(can_sign), CALL(missing_parameters), CALL(get_field_type),
    CALL(get_ec_point_conv_form), CALL(type_name), CALL(gettable_params), CALL(up_ref), CALL(default_digest_name),
    CALL(default_digest_nid), CALL(group_name), CALL(param_pub), CALL(param_encoded_pub), CALL(param_generator),
    CALL(param_qx), CALL(param_qy), CALL(param_order), CALL(param_n), CALL(param_e), CALL(param_private), CALL(param_bits),
    CALL(param_max_size), CALL(param_unknown), CALL(set_unknown), CALL(set_point_format), CALL(set_point_format_invalid),
    CALL(set_encoding), CALL(set_number), CALL(set_default_digest), CALL(set_group),
    CALL(paramgen_init), CALL(settable_for_parameters), CALL(settable_for_public_key), CALL(settable_for_key_pair),
    CALL(set_encoded_public_key), CALL(compressed_in_spki), CALL(eq_itself),
    CALL(eq_public_part), CALL(eq_public_part_first), CALL(eq_other), CALL(parameters_eq_itself), CALL(parameters_eq_other),
    CALL(eq_duplicate), CALL(parameters_of_other_curve), CALL(copy_parameters), CALL(copy_has_the_key),
    CALL(copy_has_the_parameters), CALL(copy_takes_the_point_of_another), CALL(check), CALL(public_check),
    CALL(public_check_quick), CALL(param_check), CALL(private_check), CALL(pairwise_check), CALL(print_public),
    CALL(print_private), CALL(print_params), CALL(i2d_pubkey), CALL(i2d_public_key), CALL(i2d_private_key),
    CALL(i2d_key_params), CALL(pem_pubkey), CALL(pem_private_key), CALL(pem_private_key_traditional), CALL(pem_parameters),
    CALL(pkcs8), CALL(pkcs12), CALL(get0_legacy), CALL(todata_public), CALL(todata_keypair), CALL(todata_parameters),
    CALL(encode_public_pem), CALL(encode_public_der), CALL(encode_private_pem), CALL(encode_private_der),
    CALL(encode_type_specific_pem), CALL(encode_text), CALL(generate_from_template), {NULL, NULL}};
