// SPDX-License-Identifier: Apache-2.0
// Shared by the files of this program.
#pragma once

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_object.h>
#include <openssl/params.h>
#include <openssl/types.h>
#include <stdio.h>

extern OSSL_PROVIDER *provider;
extern void *provctx;

_Noreturn void fail(const char *file, int line, const char *condition);
// Fails unless the last error has this reason; clears the queue.
void check_reason(const char *file, int line, const char *text);
#define CHECK(condition) ((condition) ? (void)0 : fail(__FILE__, __LINE__, #condition))
#define REASON(text) check_reason(__FILE__, __LINE__, text)

// The dispatch table of an operation's algorithm whose names begin with `name` and whose properties contain `properties`.
const OSSL_DISPATCH *table(int operation, const char *name, const char *properties);
// Returns a function of a table, which must exist. The test fails if any function has not been requested by the end.
void (*slot(const OSSL_DISPATCH *table, int id))(void);
// Declares `name`, the function OSSL_FUNC_<ID> of the table.
#define SLOT(table, ID, name) OSSL_FUNC_##name##_fn *name = (OSSL_FUNC_##name##_fn *)slot(table, OSSL_FUNC_##ID)

// A loaded key: created from the store's reference, as OpenSSL does it. try_keys() tests key management and
// signatures of one type, with a key of the other type for comparison.
struct wanted {
  OSSL_FUNC_keymgmt_load_fn *load;
  void *private_key, *public_key;
};
struct wanted load(const char *type, const char *uri);
void try_keys(const char *type, const char *signature, const char *uri, const char *other_type, const char *other_uri);

// Tests all other functions, with and without a key.
void try_others(void *ec_key, void *rsa_key);
