// SPDX-License-Identifier: Apache-2.0
// Prints one line for each function in sesam's dispatch tables: operation, names of the algorithm, number of
// the function.
//   functions
#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <stdio.h>

// Names as in the macros OSSL_FUNC_<operation>_…; other operations are printed as numbers.
static const char *const kOperations[64] = {
    [OSSL_OP_RAND] = "rand",
    [OSSL_OP_KEYMGMT] = "keymgmt",
    [OSSL_OP_KEYEXCH] = "keyexch",
    [OSSL_OP_SIGNATURE] = "signature",
    [OSSL_OP_ASYM_CIPHER] = "asym_cipher",
    [OSSL_OP_ENCODER] = "encoder",
    [OSSL_OP_DECODER] = "decoder",
    [OSSL_OP_STORE] = "store",
};

static void print_table(const char *operation, const char *names, const OSSL_DISPATCH *table) {
  for (; table->function_id != 0; ++table) printf("%s\t%s\t%d\n", operation, names, table->function_id);
}

int main(void) {
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(NULL, "sesam");
  if (provider == NULL) {
    ERR_print_errors_fp(stderr);
    return 1;
  }
  printf("%s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
  print_table("provider", "", OSSL_PROVIDER_get0_dispatch(provider));
  for (int operation = 1; operation < 64; ++operation) {
    char number[16];
    snprintf(number, sizeof number, "operation %d", operation);
    const char *name = kOperations[operation] != NULL ? kOperations[operation] : number;
    int no_cache = 0;
    const OSSL_ALGORITHM *row = OSSL_PROVIDER_query_operation(provider, operation, &no_cache);
    for (; row != NULL && row->algorithm_names != NULL; ++row)
      print_table(name, row->algorithm_names, row->implementation);
  }
  return OSSL_PROVIDER_unload(provider) == 1 ? 0 : 1;
}
