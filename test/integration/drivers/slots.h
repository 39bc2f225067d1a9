// SPDX-License-Identifier: Apache-2.0
// What the files of this program share.
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
// The last error has this reason; clears the queue.
void check_reason(const char *file, int line, const char *text);
#define CHECK(condition) ((condition) ? (void)0 : fail(__FILE__, __LINE__, #condition))
#define REASON(text) check_reason(__FILE__, __LINE__, text)

// The dispatch table of an operation's algorithm, by how its names begin and what its properties hold.
const OSSL_DISPATCH *table(int operation, const char *name, const char *properties);
// A function of a table; it has to be there. What is not asked for with this by the end of the program fails the test.
void (*slot(const OSSL_DISPATCH *table, int id))(void);
// Declares `name`, the function OSSL_FUNC_<ID> of the table.
#define SLOT(table, ID, name) OSSL_FUNC_##name##_fn *name = (OSSL_FUNC_##name##_fn *)slot(table, OSSL_FUNC_##ID)

// Key management and signatures of one type, with a key of the other one at hand.
// A loaded key: the store's reference taken over, as OpenSSL does it.
struct wanted {
  OSSL_FUNC_keymgmt_load_fn *load;
  void *private_key, *public_key;
};
struct wanted load(const char *type, const char *uri);
void try_keys(const char *type, const char *signature, const char *uri, const char *other_type, const char *other_uri);

// Everything else that takes a key or none.
void try_others(void *ec_key, void *rsa_key);
