// SPDX-License-Identifier: Apache-2.0
// Provider functions that core_dispatch.h of OpenSSL 3.0 lacks: a module that was built against 3.0 offers
// them to later versions. An older core ignores functions that it does not know.
#pragma once

#include <openssl/core_dispatch.h>

// OpenSSL 3.2 (provider-storemgmt(7)).
#ifndef OSSL_FUNC_STORE_DELETE
#define OSSL_FUNC_STORE_DELETE 9
using OSSL_FUNC_store_delete_fn = int(void*, const char*, const OSSL_PARAM[], OSSL_PASSPHRASE_CALLBACK*,
                                      void*);
#endif
#ifndef OSSL_FUNC_STORE_OPEN_EX
#define OSSL_FUNC_STORE_OPEN_EX 10
using OSSL_FUNC_store_open_ex_fn = void*(void*, const char*, const OSSL_PARAM[], OSSL_PASSPHRASE_CALLBACK*,
                                         void*);
#endif
// OpenSSL 3.4: signatures of whole messages (provider-signature(7)).
#ifndef OSSL_FUNC_SIGNATURE_SIGN_MESSAGE_INIT
#define OSSL_FUNC_SIGNATURE_QUERY_KEY_TYPES 26
#define OSSL_FUNC_SIGNATURE_SIGN_MESSAGE_INIT 27
#define OSSL_FUNC_SIGNATURE_SIGN_MESSAGE_UPDATE 28
#define OSSL_FUNC_SIGNATURE_SIGN_MESSAGE_FINAL 29
#define OSSL_FUNC_SIGNATURE_VERIFY_MESSAGE_INIT 30
#define OSSL_FUNC_SIGNATURE_VERIFY_MESSAGE_UPDATE 31
#define OSSL_FUNC_SIGNATURE_VERIFY_MESSAGE_FINAL 32
using OSSL_FUNC_signature_query_key_types_fn = const char**();
using OSSL_FUNC_signature_sign_message_init_fn = int(void*, void*, const OSSL_PARAM[]);
using OSSL_FUNC_signature_sign_message_update_fn = int(void*, const unsigned char*, size_t);
using OSSL_FUNC_signature_sign_message_final_fn = int(void*, unsigned char*, size_t*, size_t);
using OSSL_FUNC_signature_verify_message_init_fn = int(void*, void*, const OSSL_PARAM[]);
using OSSL_FUNC_signature_verify_message_update_fn = int(void*, const unsigned char*, size_t);
using OSSL_FUNC_signature_verify_message_final_fn = int(void*);
#endif
