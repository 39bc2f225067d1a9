// SPDX-License-Identifier: Apache-2.0
// OpenSSL's provider functions as types: ties each numeric id of core_dispatch.h to its exact C signature and
// its name.
#pragma once

#include <openssl/core_dispatch.h>

#include "ossl/newer_functions.h"

// X(ID, name): OSSL_FUNC_<ID> is the number, OSSL_FUNC_<name>_fn the type.
#define SESAM_SLOTS(X)                                                \
  X(PROVIDER_TEARDOWN, provider_teardown)                             \
  X(PROVIDER_GETTABLE_PARAMS, provider_gettable_params)               \
  X(PROVIDER_GET_PARAMS, provider_get_params)                         \
  X(PROVIDER_QUERY_OPERATION, provider_query_operation)               \
  X(PROVIDER_GET_REASON_STRINGS, provider_get_reason_strings)         \
  X(PROVIDER_SELF_TEST, provider_self_test)                           \
  X(STORE_OPEN, store_open)                                           \
  X(STORE_LOAD, store_load)                                           \
  X(STORE_EOF, store_eof)                                             \
  X(STORE_CLOSE, store_close)                                         \
  X(STORE_SET_CTX_PARAMS, store_set_ctx_params)                       \
  X(STORE_SETTABLE_CTX_PARAMS, store_settable_ctx_params)             \
  X(STORE_EXPORT_OBJECT, store_export_object)                         \
  X(STORE_DELETE, store_delete)                                       \
  X(STORE_OPEN_EX, store_open_ex)                                     \
  X(KEYMGMT_NEW, keymgmt_new)                                         \
  X(KEYMGMT_FREE, keymgmt_free)                                       \
  X(KEYMGMT_LOAD, keymgmt_load)                                       \
  X(KEYMGMT_HAS, keymgmt_has)                                         \
  X(KEYMGMT_MATCH, keymgmt_match)                                     \
  X(KEYMGMT_VALIDATE, keymgmt_validate)                               \
  X(KEYMGMT_DUP, keymgmt_dup)                                         \
  X(KEYMGMT_GET_PARAMS, keymgmt_get_params)                           \
  X(KEYMGMT_GETTABLE_PARAMS, keymgmt_gettable_params)                 \
  X(KEYMGMT_SET_PARAMS, keymgmt_set_params)                           \
  X(KEYMGMT_SETTABLE_PARAMS, keymgmt_settable_params)                 \
  X(KEYMGMT_IMPORT, keymgmt_import)                                   \
  X(KEYMGMT_IMPORT_TYPES, keymgmt_import_types)                       \
  X(KEYMGMT_EXPORT, keymgmt_export)                                   \
  X(KEYMGMT_EXPORT_TYPES, keymgmt_export_types)                       \
  X(KEYMGMT_QUERY_OPERATION_NAME, keymgmt_query_operation_name)       \
  X(KEYMGMT_GEN_INIT, keymgmt_gen_init)                               \
  X(KEYMGMT_GEN_SET_TEMPLATE, keymgmt_gen_set_template)               \
  X(KEYMGMT_GEN_SET_PARAMS, keymgmt_gen_set_params)                   \
  X(KEYMGMT_GEN_SETTABLE_PARAMS, keymgmt_gen_settable_params)         \
  X(KEYMGMT_GEN, keymgmt_gen)                                         \
  X(KEYMGMT_GEN_CLEANUP, keymgmt_gen_cleanup)                         \
  X(SIGNATURE_NEWCTX, signature_newctx)                               \
  X(SIGNATURE_FREECTX, signature_freectx)                             \
  X(SIGNATURE_DUPCTX, signature_dupctx)                               \
  X(SIGNATURE_SIGN_INIT, signature_sign_init)                         \
  X(SIGNATURE_SIGN, signature_sign)                                   \
  X(SIGNATURE_VERIFY_INIT, signature_verify_init)                     \
  X(SIGNATURE_VERIFY, signature_verify)                               \
  X(SIGNATURE_VERIFY_RECOVER_INIT, signature_verify_recover_init)     \
  X(SIGNATURE_VERIFY_RECOVER, signature_verify_recover)               \
  X(SIGNATURE_DIGEST_SIGN_INIT, signature_digest_sign_init)           \
  X(SIGNATURE_DIGEST_SIGN_UPDATE, signature_digest_sign_update)       \
  X(SIGNATURE_DIGEST_SIGN_FINAL, signature_digest_sign_final)         \
  X(SIGNATURE_DIGEST_VERIFY_INIT, signature_digest_verify_init)       \
  X(SIGNATURE_DIGEST_VERIFY_UPDATE, signature_digest_verify_update)   \
  X(SIGNATURE_DIGEST_VERIFY_FINAL, signature_digest_verify_final)     \
  X(SIGNATURE_GET_CTX_PARAMS, signature_get_ctx_params)               \
  X(SIGNATURE_GETTABLE_CTX_PARAMS, signature_gettable_ctx_params)     \
  X(SIGNATURE_SET_CTX_PARAMS, signature_set_ctx_params)               \
  X(SIGNATURE_SETTABLE_CTX_PARAMS, signature_settable_ctx_params)     \
  X(SIGNATURE_QUERY_KEY_TYPES, signature_query_key_types)             \
  X(SIGNATURE_SIGN_MESSAGE_INIT, signature_sign_message_init)         \
  X(SIGNATURE_SIGN_MESSAGE_UPDATE, signature_sign_message_update)     \
  X(SIGNATURE_SIGN_MESSAGE_FINAL, signature_sign_message_final)       \
  X(SIGNATURE_VERIFY_MESSAGE_INIT, signature_verify_message_init)     \
  X(SIGNATURE_VERIFY_MESSAGE_UPDATE, signature_verify_message_update) \
  X(SIGNATURE_VERIFY_MESSAGE_FINAL, signature_verify_message_final)   \
  X(RAND_NEWCTX, rand_newctx)                                         \
  X(RAND_FREECTX, rand_freectx)                                       \
  X(RAND_INSTANTIATE, rand_instantiate)                               \
  X(RAND_UNINSTANTIATE, rand_uninstantiate)                           \
  X(RAND_GENERATE, rand_generate)                                     \
  X(RAND_RESEED, rand_reseed)                                         \
  X(RAND_ENABLE_LOCKING, rand_enable_locking)                         \
  X(RAND_LOCK, rand_lock)                                             \
  X(RAND_UNLOCK, rand_unlock)                                         \
  X(RAND_GETTABLE_CTX_PARAMS, rand_gettable_ctx_params)               \
  X(RAND_GET_CTX_PARAMS, rand_get_ctx_params)                         \
  X(RAND_VERIFY_ZEROIZATION, rand_verify_zeroization)                 \
  X(RAND_GET_SEED, rand_get_seed)                                     \
  X(RAND_CLEAR_SEED, rand_clear_seed)                                 \
  X(ASYM_CIPHER_NEWCTX, asym_cipher_newctx)                           \
  X(ASYM_CIPHER_FREECTX, asym_cipher_freectx)                         \
  X(ASYM_CIPHER_DUPCTX, asym_cipher_dupctx)                           \
  X(ASYM_CIPHER_ENCRYPT_INIT, asym_cipher_encrypt_init)               \
  X(ASYM_CIPHER_ENCRYPT, asym_cipher_encrypt)                         \
  X(ASYM_CIPHER_DECRYPT_INIT, asym_cipher_decrypt_init)               \
  X(ASYM_CIPHER_DECRYPT, asym_cipher_decrypt)                         \
  X(ASYM_CIPHER_GET_CTX_PARAMS, asym_cipher_get_ctx_params)           \
  X(ASYM_CIPHER_GETTABLE_CTX_PARAMS, asym_cipher_gettable_ctx_params) \
  X(ASYM_CIPHER_SET_CTX_PARAMS, asym_cipher_set_ctx_params)           \
  X(ASYM_CIPHER_SETTABLE_CTX_PARAMS, asym_cipher_settable_ctx_params) \
  X(KEYEXCH_NEWCTX, keyexch_newctx)                                   \
  X(KEYEXCH_FREECTX, keyexch_freectx)                                 \
  X(KEYEXCH_INIT, keyexch_init)                                       \
  X(KEYEXCH_DERIVE, keyexch_derive)                                   \
  X(ENCODER_NEWCTX, encoder_newctx)                                   \
  X(ENCODER_FREECTX, encoder_freectx)                                 \
  X(ENCODER_DOES_SELECTION, encoder_does_selection)                   \
  X(ENCODER_ENCODE, encoder_encode)                                   \
  X(DECODER_NEWCTX, decoder_newctx)                                   \
  X(DECODER_FREECTX, decoder_freectx)                                 \
  X(DECODER_DOES_SELECTION, decoder_does_selection)                   \
  X(DECODER_DECODE, decoder_decode)

namespace sesam::ossl::slot {

#define X(ID, function)                            \
  struct function {                                \
    static constexpr int id = OSSL_FUNC_##ID;      \
    static constexpr const char* name = #function; \
    using Fn = OSSL_FUNC_##function##_fn;          \
  };
SESAM_SLOTS(X)
#undef X

}  // namespace sesam::ossl::slot
