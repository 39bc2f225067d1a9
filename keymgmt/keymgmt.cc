// SPDX-License-Identifier: Apache-2.0
// The key management tables that OpenSSL gets.
#include <openssl/core_names.h>

#include "keymgmt/generation.h"
#include "keymgmt/key.h"
#include "ossl/boundary.h"

namespace sesam::keymgmt {
namespace {

// What can be imported and exported of a type: public parts only.
#define SESAM_EC_PUBLIC_PARAMS                                    \
  OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0), \
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, nullptr, 0)
#define SESAM_RSA_PUBLIC_PARAMS \
  OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, nullptr, 0), OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, nullptr, 0)
#define SESAM_COMMON_PARAMS                                                                              \
  OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr), OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr), \
      OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr),                                                 \
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, nullptr, 0)

const OSSL_PARAM* gettable_ec_params(void*) {
  static const OSSL_PARAM params[] = {
      SESAM_COMMON_PARAMS,
      SESAM_EC_PUBLIC_PARAMS,
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_X, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_PUB_Y, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, nullptr, 0),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_EC_FIELD_TYPE, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_P, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_A, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_B, nullptr, 0),
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_EC_GENERATOR, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_ORDER, nullptr, 0),
      OSSL_PARAM_BN(OSSL_PKEY_PARAM_EC_COFACTOR, nullptr, 0),
      OSSL_PARAM_END};
  return params;
}

const OSSL_PARAM* gettable_rsa_params(void*) {
  static const OSSL_PARAM params[] = {SESAM_COMMON_PARAMS, SESAM_RSA_PUBLIC_PARAMS, OSSL_PARAM_END};
  return params;
}

const OSSL_PARAM* ec_public_types(int selection) {
  static const OSSL_PARAM params[] = {SESAM_EC_PUBLIC_PARAMS, OSSL_PARAM_END};
  return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ? nullptr : params;
}

const OSSL_PARAM* rsa_public_types(int selection) {
  static const OSSL_PARAM params[] = {SESAM_RSA_PUBLIC_PARAMS, OSSL_PARAM_END};
  return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ? nullptr : params;
}

const char* ec_operation_name(int operation) {
  switch (operation) {
    case OSSL_OP_SIGNATURE:
      return "ECDSA";
    case OSSL_OP_KEYEXCH:
      return "ECDH";
    default:
      return nullptr;
  }
}
const char* rsa_operation_name(int operation) {
  return operation == OSSL_OP_SIGNATURE || operation == OSSL_OP_ASYM_CIPHER ? "RSA" : nullptr;
}

// What does not depend on the type.
#define SESAM_KEYMGMT_COMMON                                                                      \
  SESAM_BIND(keymgmt_load, &Key::load), SESAM_BIND(keymgmt_free, &Key::release),                  \
      SESAM_BIND(keymgmt_has, &Key::has), SESAM_BIND(keymgmt_match, &Key::match),                 \
      SESAM_BIND(keymgmt_validate, &Key::validate), SESAM_BIND(keymgmt_dup, &Key::dup),           \
      SESAM_BIND(keymgmt_get_params, &Key::get_params), SESAM_BIND(keymgmt_import, &Key::import), \
      SESAM_BIND(keymgmt_export, &Key::export_to),                                                \
      SESAM_BIND(keymgmt_gen_set_template, &Generation::set_template),                            \
      SESAM_BIND(keymgmt_gen_set_params, &Generation::set_params),                                \
      SESAM_BIND(keymgmt_gen, &Generation::generate), SESAM_BIND(keymgmt_gen_cleanup, &Generation::cleanup)

}  // namespace

const char kEcNames[] = "EC:id-ecPublicKey:1.2.840.10045.2.1";
const char kRsaNames[] = "RSA:rsaEncryption:1.2.840.113549.1.1.1";

const OSSL_DISPATCH kEcKeymgmt[] = {SESAM_BIND(keymgmt_new, &Key::create<KeyType::ec>),
                                    SESAM_KEYMGMT_COMMON,
                                    SESAM_BIND(keymgmt_gen_init, &Generation::init<KeyType::ec>),
                                    SESAM_BIND(keymgmt_gen_settable_params, &settable_ec_generation_params),
                                    SESAM_BIND(keymgmt_gettable_params, &gettable_ec_params),
                                    SESAM_BIND(keymgmt_import_types, &ec_public_types),
                                    SESAM_BIND(keymgmt_export_types, &ec_public_types),
                                    SESAM_BIND(keymgmt_query_operation_name, &ec_operation_name),
                                    SESAM_BIND_END};

const OSSL_DISPATCH kRsaKeymgmt[] = {SESAM_BIND(keymgmt_new, &Key::create<KeyType::rsa>),
                                     SESAM_KEYMGMT_COMMON,
                                     SESAM_BIND(keymgmt_gen_init, &Generation::init<KeyType::rsa>),
                                     SESAM_BIND(keymgmt_gen_settable_params, &settable_rsa_generation_params),
                                     SESAM_BIND(keymgmt_gettable_params, &gettable_rsa_params),
                                     SESAM_BIND(keymgmt_import_types, &rsa_public_types),
                                     SESAM_BIND(keymgmt_export_types, &rsa_public_types),
                                     SESAM_BIND(keymgmt_query_operation_name, &rsa_operation_name),
                                     SESAM_BIND_END};

}  // namespace sesam::keymgmt
