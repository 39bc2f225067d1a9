// SPDX-License-Identifier: Apache-2.0
// Loads the module without an openssl.cnf, with settings from the command line.
//   provider_params MODULE-DIRECTORY STEP…
// A step is a setting (KEY=VALUE), "load" (earlier settings are parameters of OSSL_PROVIDER_load_ex(3), later ones of
// OSSL_PROVIDER_add_conf_parameter(3)), or the URI of a key to sign with. Before OpenSSL 3.5, the driver emulates the core.
#include <dlfcn.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *condition) {
  fprintf(stderr, "provider_params: line %d: %s\n", line, condition);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static OSSL_PROVIDER *provider;
static char *keys[32], *values[32];
static int given;

#if OPENSSL_VERSION_PREREQ(3, 5)
static void load(const char *directory) {
  OSSL_PARAM params[32];
  for (int i = 0; i < given; ++i) params[i] = OSSL_PARAM_construct_utf8_string(keys[i], values[i], 0);
  params[given] = OSSL_PARAM_construct_end();
  CHECK(OSSL_PROVIDER_set_default_search_path(NULL, directory) == 1);
  provider = OSSL_PROVIDER_load_ex(NULL, "sesam", params);
}

static void add(int i) { CHECK(OSSL_PROVIDER_add_conf_parameter(provider, keys[i], values[i]) == 1); }
#else
static OSSL_FUNC_core_get_params_fn *real_get_params;
static OSSL_provider_init_fn *real_init;

static int get_params(const OSSL_CORE_HANDLE *core, OSSL_PARAM params[]) {
  if (real_get_params(core, params) != 1) return 0;
  for (int i = 0; i < given; ++i) {
    OSSL_PARAM *wanted = OSSL_PARAM_locate(params, keys[i]);
    if (wanted != NULL) CHECK(OSSL_PARAM_set_utf8_ptr(wanted, values[i]) == 1);
  }
  return 1;
}

static int init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *upcalls, const OSSL_DISPATCH **functions, void **context) {
  static OSSL_DISPATCH changed[256];
  for (int i = 0; upcalls[i].function_id != 0; ++i) {
    CHECK(i < 255);
    changed[i] = upcalls[i];
    if (upcalls[i].function_id != OSSL_FUNC_CORE_GET_PARAMS) continue;
    real_get_params = OSSL_FUNC_core_get_params(upcalls + i);
    changed[i].function = (void (*)(void))get_params;
  }
  return real_init(core, changed, functions, context);
}

static void load(const char *directory) {
  char path[4096];
  snprintf(path, sizeof path, "%s/sesam.so", directory);
  void *module = dlopen(path, RTLD_NOW);
  CHECK(module != NULL);
  *(void **)&real_init = dlsym(module, "OSSL_provider_init");
  CHECK(real_init != NULL && OSSL_PROVIDER_add_builtin(NULL, "sesam", init) == 1);
  provider = OSSL_PROVIDER_load(NULL, "sesam");
}

static void add(int i) { (void)i; }
#endif

static EVP_PKEY *open_key(const char *uri) {
  OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
  CHECK(store != NULL && OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1);
  OSSL_STORE_INFO *info = OSSL_STORE_load(store);
  CHECK(info != NULL);
  EVP_PKEY *key = OSSL_STORE_INFO_get1_PKEY(info);
  OSSL_STORE_INFO_free(info);
  OSSL_STORE_close(store);
  return key;
}

static void sign(const char *uri) {
  EVP_PKEY *key = open_key(uri);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  unsigned char signature[512];
  size_t length = sizeof signature;
  CHECK(EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1);
  CHECK(EVP_DigestSign(context, signature, &length, (const unsigned char *)"data", 4) == 1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
}

int main(int count, char **arguments) {
  CHECK(count > 2 && OSSL_PROVIDER_load(NULL, "default") != NULL);
  for (int i = 2; i < count; ++i) {
    char *equals = strchr(arguments[i], '=');
    if (strcmp(arguments[i], "load") == 0) {
      load(arguments[1]);
      CHECK(provider != NULL);
    } else if (strncmp(arguments[i], "sesam:", 6) == 0) {
      sign(arguments[i]);
    } else {
      CHECK(equals != NULL && given < 31);
      *equals = '\0';
      keys[given] = arguments[i];
      values[given] = equals + 1;
      if (provider != NULL) add(given);
      ++given;
    }
  }
  CHECK(OSSL_PROVIDER_unload(provider) == 1);
  return 0;
}
