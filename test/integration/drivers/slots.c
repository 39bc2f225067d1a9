// SPDX-License-Identifier: Apache-2.0
// Calls every function of sesam's dispatch tables directly, in ways OpenSSL never would: null, size query, short buffer, wrong key, copies.
//   slots EC-URI RSA-URI
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <string.h>
#include <unistd.h>

#include "slots.h"

OSSL_PROVIDER *provider;
void *provctx;

void fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "slots: %s:%d: %s\n", file, line, condition);
  ERR_print_errors_fp(stderr);
  _exit(1);
}

void check_reason(const char *file, int line, const char *text) {
  const char *said = ERR_reason_error_string(ERR_peek_last_error());
  if (said == NULL || strcmp(said, text) != 0) fail(file, line, text);
  ERR_clear_error();
}

static const OSSL_DISPATCH *used[32];
static unsigned char asked_for[32][2048];  // by table and id

void (*slot(const OSSL_DISPATCH *table, int id))(void) {
  size_t number = 0;
  while (used[number] != NULL && used[number] != table) ++number;
  CHECK(number < sizeof used / sizeof *used && id < 2048);
  used[number] = table;
  asked_for[number][id] = 1;
  for (; table->function_id != 0; ++table)
    if (table->function_id == id) return table->function;
  fprintf(stderr, "slots: there is no function %d\n", id);
  _exit(1);
}

const OSSL_DISPATCH *table(int operation, const char *name, const char *properties) {
  int no_cache;
  const OSSL_ALGORITHM *row = OSSL_PROVIDER_query_operation(provider, operation, &no_cache);
  for (; row != NULL && row->algorithm_names != NULL; ++row)
    if (strncmp(row->algorithm_names, name, strlen(name)) == 0 && strstr(row->property_definition, properties) != NULL)
      return row->implementation;
  fprintf(stderr, "slots: no table for %s with %s\n", name, properties);
  _exit(1);
}

// Fails if a dispatch table has a function that this program does not call.
static void check_all_were_called(void) {
  for (size_t number = 0; number < sizeof used / sizeof *used && used[number] != NULL; ++number)
    for (const OSSL_DISPATCH *row = used[number]; row->function_id != 0; ++row) {
      if (asked_for[number][row->function_id]) continue;
      fprintf(stderr, "slots: function %d of table %zu is not tried\n", row->function_id, number);
      _exit(1);
    }
}

static void try_provider(void) {
  const OSSL_DISPATCH *own = OSSL_PROVIDER_get0_dispatch(provider);
  SLOT(own, PROVIDER_TEARDOWN, provider_teardown);  // OpenSSL calls it once, at the end
  SLOT(own, PROVIDER_GETTABLE_PARAMS, provider_gettable_params);
  SLOT(own, PROVIDER_GET_PARAMS, provider_get_params);
  SLOT(own, PROVIDER_QUERY_OPERATION, provider_query_operation);
  SLOT(own, PROVIDER_GET_REASON_STRINGS, provider_get_reason_strings);
  SLOT(own, PROVIDER_SELF_TEST, provider_self_test);
  int no_cache = 7, wrong = 0;
  OSSL_PARAM params[] = {OSSL_PARAM_int(OSSL_PROV_PARAM_NAME, &wrong), OSSL_PARAM_END};
  CHECK(provider_teardown != NULL && provider_gettable_params(provctx) != NULL);
  CHECK(provider_get_params(provctx, NULL) == 1 && provider_get_params(provctx, params) == 0);
  REASON("invalid argument");
  CHECK(provider_query_operation(provctx, 9999, &no_cache) == NULL && no_cache == 0);
  CHECK(provider_get_reason_strings(provctx)->ptr != NULL);
  CHECK(provider_self_test(provctx) == 1 && provider_self_test(provctx) == 1 && ERR_peek_error() == 0);
}

#ifndef OSSL_FUNC_STORE_DELETE  // since OpenSSL 3.2
#define OSSL_FUNC_STORE_DELETE 9
typedef int OSSL_FUNC_store_delete_fn(void *, const char *, const OSSL_PARAM[], OSSL_PASSPHRASE_CALLBACK *, void *);
#endif
#ifndef OSSL_FUNC_STORE_OPEN_EX  // since OpenSSL 3.3
#define OSSL_FUNC_STORE_OPEN_EX 10
typedef void *OSSL_FUNC_store_open_ex_fn(void *, const char *, const OSSL_PARAM[], OSSL_PASSPHRASE_CALLBACK *, void *);
#endif

static int count_objects(const OSSL_PARAM params[], void *count) {
  CHECK(OSSL_PARAM_locate_const(params, OSSL_OBJECT_PARAM_TYPE) != NULL);
  ++*(int *)count;
  return 1;
}

static void try_store(const char *uri) {
  const OSSL_DISPATCH *loader = table(OSSL_OP_STORE, "sesam", "");
  SLOT(loader, STORE_OPEN, store_open);
  SLOT(loader, STORE_LOAD, store_load);
  SLOT(loader, STORE_EOF, store_eof);
  SLOT(loader, STORE_CLOSE, store_close);
  SLOT(loader, STORE_SET_CTX_PARAMS, store_set_ctx_params);
  SLOT(loader, STORE_SETTABLE_CTX_PARAMS, store_settable_ctx_params);
  SLOT(loader, STORE_EXPORT_OBJECT, store_export_object);
  int count = 0;
  CHECK(store_open(provctx, NULL) == NULL);
  REASON("invalid key URI");
  CHECK(store_load(NULL, count_objects, &count, NULL, NULL) == 0);
  REASON("invalid argument");
  CHECK(store_eof(NULL) == 0 && store_set_ctx_params(NULL, NULL) == 0 && store_close(NULL) == 1);
  CHECK(store_settable_ctx_params(provctx) != NULL);
  CHECK(store_export_object(NULL, NULL, 0, count_objects, &count) == 0 && store_export_object(NULL, "x", 1, count_objects, &count) == 0);
  ERR_clear_error();
  void *context = store_open(provctx, uri);
  OSSL_PARAM wrong[] = {OSSL_PARAM_utf8_string(OSSL_STORE_PARAM_EXPECT, "key", 3), OSSL_PARAM_END};
  CHECK(context != NULL && store_set_ctx_params(context, NULL) == 1 && store_set_ctx_params(context, wrong) == 0);
  REASON("invalid argument");
  while (!store_eof(context)) CHECK(store_load(context, count_objects, &count, NULL, NULL) == 1);
  CHECK(count == 2 && store_load(context, count_objects, &count, NULL, NULL) == 0 && count == 2);
  CHECK(store_close(context) == 1 && ERR_peek_error() == 0);
}

// Additions of OpenSSL 3.2 and 3.3: deletion, and parameters when the store is opened.
static void try_newer_store(const char *uri) {
  const OSSL_DISPATCH *loader = table(OSSL_OP_STORE, "sesam", "");
  SLOT(loader, STORE_DELETE, store_delete);
  SLOT(loader, STORE_OPEN_EX, store_open_ex);
  SLOT(loader, STORE_LOAD, store_load);
  SLOT(loader, STORE_EOF, store_eof);
  SLOT(loader, STORE_CLOSE, store_close);
  int count = 0, public_keys = OSSL_STORE_INFO_PUBKEY;
  CHECK(store_delete(provctx, NULL, NULL, NULL, NULL) == 0 && store_open_ex(provctx, NULL, NULL, NULL, NULL) == NULL);
  REASON("invalid key URI");
  CHECK(store_delete(provctx, "sesam:", NULL, NULL, NULL) == 0);
  REASON("invalid key URI");
  OSSL_PARAM wrong[] = {OSSL_PARAM_utf8_string(OSSL_STORE_PARAM_EXPECT, "key", 3), OSSL_PARAM_END};
  CHECK(store_open_ex(provctx, uri, wrong, NULL, NULL) == NULL);
  REASON("invalid argument");
  OSSL_PARAM one_kind[] = {OSSL_PARAM_int(OSSL_STORE_PARAM_EXPECT, &public_keys), OSSL_PARAM_END};
  void *all = store_open_ex(provctx, uri, NULL, NULL, NULL), *one = store_open_ex(provctx, uri, one_kind, NULL, NULL);
  while (!store_eof(all)) CHECK(store_load(all, count_objects, &count, NULL, NULL) == 1);
  while (!store_eof(one)) CHECK(store_load(one, count_objects, &count, NULL, NULL) == 1);
  CHECK(count == 3 && store_close(all) == 1 && store_close(one) == 1 && ERR_peek_error() == 0);
}

static void try_coders(void *key) {
  const char *const outputs[] = {"output=text", "output=pem"};
  for (size_t i = 0; i < 2; ++i) {
    const OSSL_DISPATCH *encoder = table(OSSL_OP_ENCODER, "EC", outputs[i]);
    SLOT(encoder, ENCODER_NEWCTX, encoder_newctx);
    SLOT(encoder, ENCODER_FREECTX, encoder_freectx);
    SLOT(encoder, ENCODER_DOES_SELECTION, encoder_does_selection);
    SLOT(encoder, ENCODER_ENCODE, encoder_encode);
    void *context = encoder_newctx(provctx);
    CHECK(encoder_does_selection(context, 0) == 0 && encoder_does_selection(context, OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 1);
    CHECK(encoder_encode(context, NULL, NULL, NULL, OSSL_KEYMGMT_SELECT_PRIVATE_KEY, NULL, NULL) == 0);
    REASON("invalid argument");
    CHECK(encoder_encode(context, NULL, key, NULL, OSSL_KEYMGMT_SELECT_PRIVATE_KEY, NULL, NULL) == 0);  // an empty key
    REASON("invalid argument");
    encoder_freectx(context);
    encoder_freectx(NULL);
  }
  const struct {
    const char *name, *input;
  } decoders[] = {{"DER", "input=pem"}, {"EC", "structure=sesam-uri"}, {"RSA", "structure=sesam-uri"}};
  for (size_t i = 0; i < 3; ++i) {
    const OSSL_DISPATCH *decoder = table(OSSL_OP_DECODER, decoders[i].name, decoders[i].input);
    SLOT(decoder, DECODER_NEWCTX, decoder_newctx);
    SLOT(decoder, DECODER_FREECTX, decoder_freectx);
    SLOT(decoder, DECODER_DOES_SELECTION, decoder_does_selection);
    SLOT(decoder, DECODER_DECODE, decoder_decode);  // needs a BIO of the core; see test_pem.py
    void *context = decoder_newctx(provctx);
    CHECK(decoder_does_selection(context, 0) == 1 && decoder_does_selection(context, OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS) == 0);
    CHECK(decoder_decode != NULL);
    decoder_freectx(context);
    decoder_freectx(NULL);
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  alarm(30);
  CHECK((provider = OSSL_PROVIDER_load(NULL, "sesam")) != NULL);
  provctx = OSSL_PROVIDER_get0_provider_ctx(provider);
  try_provider();
  try_store(arguments[1]);
  try_newer_store(arguments[1]);
  SLOT(table(OSSL_OP_KEYMGMT, "EC", "provider=sesam"), KEYMGMT_NEW, keymgmt_new);
  SLOT(table(OSSL_OP_KEYMGMT, "EC", "provider=sesam"), KEYMGMT_FREE, keymgmt_free);
  void *empty = keymgmt_new(provctx);
  try_coders(empty);
  keymgmt_free(empty);
  try_keys("EC", "ECDSA", arguments[1], "RSA", arguments[2]);
  try_keys("RSA", "RSA", arguments[2], "EC", arguments[1]);
  const struct wanted ec = load("EC", arguments[1]), rsa = load("RSA", arguments[2]);
  try_others(ec.private_key, rsa.private_key);
  void *const all[] = {ec.private_key, ec.public_key, rsa.private_key, rsa.public_key};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) keymgmt_free(all[i]);
  check_all_were_called();
  CHECK(ERR_peek_error() == 0 && OSSL_PROVIDER_unload(provider) == 1);
  return 0;
}
