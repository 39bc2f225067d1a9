// SPDX-License-Identifier: Apache-2.0
// The key management tables that OpenSSL gets.
#include "keymgmt/generation.h"
#include "keymgmt/key.h"
#include "ossl/boundary.h"

namespace sesam::keymgmt {
namespace {

template <KeyType Type>
const OSSL_PARAM* gettable_params(void*) {
  return row_of(Type).gettable_params;
}

template <KeyType Type>
const OSSL_PARAM* settable_params(void*) {
  return row_of(Type).settable_params;
}

// Public parts only. Without the public key, only a curve's parameters are left; RSA has none.
template <KeyType Type>
const OSSL_PARAM* public_types(int selection) {
  const bool has_any = (selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0 || row_of(Type).has_curves();
  return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 || !has_any ? nullptr
                                                                        : row_of(Type).public_params;
}

template <KeyType Type>
const char* operation_name(int operation) {
  switch (operation) {
    case OSSL_OP_SIGNATURE:
      return row_of(Type).signature_name;
    case OSSL_OP_KEYEXCH:
      return row_of(Type).exchange_name;
    case OSSL_OP_ASYM_CIPHER:
      return row_of(Type).cipher_name;
    default:
      return nullptr;
  }
}

#define SESAM_KEYMGMT(type)                                                              \
  {SESAM_BIND(keymgmt_new, &Key::create<KeyType::type>),                                 \
   SESAM_BIND(keymgmt_load, &Key::load),                                                 \
   SESAM_BIND(keymgmt_free, &Key::release),                                              \
   SESAM_BIND(keymgmt_has, &Key::has),                                                   \
   SESAM_BIND(keymgmt_match, &Key::match),                                               \
   SESAM_BIND(keymgmt_validate, &Key::validate),                                         \
   SESAM_BIND(keymgmt_dup, &Key::dup),                                                   \
   SESAM_BIND(keymgmt_get_params, &Key::get_params),                                     \
   SESAM_BIND(keymgmt_set_params, &Key::set_params),                                     \
   SESAM_BIND(keymgmt_settable_params, &settable_params<KeyType::type>),                 \
   SESAM_BIND(keymgmt_import, &Key::import),                                             \
   SESAM_BIND(keymgmt_export, &Key::export_to),                                          \
   SESAM_BIND(keymgmt_gen_init, &Generation::init<KeyType::type>),                       \
   SESAM_BIND(keymgmt_gen_set_template, &Generation::set_template),                      \
   SESAM_BIND(keymgmt_gen_set_params, &Generation::set_params),                          \
   SESAM_BIND(keymgmt_gen, &Generation::generate),                                       \
   SESAM_BIND(keymgmt_gen_cleanup, &Generation::cleanup),                                \
   SESAM_BIND(keymgmt_gen_settable_params, &Generation::settable_params<KeyType::type>), \
   SESAM_BIND(keymgmt_gettable_params, &gettable_params<KeyType::type>),                 \
   SESAM_BIND(keymgmt_import_types, &public_types<KeyType::type>),                       \
   SESAM_BIND(keymgmt_export_types, &public_types<KeyType::type>),                       \
   SESAM_BIND(keymgmt_query_operation_name, &operation_name<KeyType::type>),             \
   SESAM_BIND_END},

}  // namespace

const OSSL_DISPATCH kKeymgmts[std::size(kKeyTypes)][kKeymgmtFunctions] = {SESAM_KEY_TYPES(SESAM_KEYMGMT)};

}  // namespace sesam::keymgmt
