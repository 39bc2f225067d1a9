// SPDX-License-Identifier: Apache-2.0
// The calls of evp_calls. Each returns a number that does not depend on which key of the type is used.
#include <openssl/evp.h>

struct subject {
  EVP_PKEY *key;    // the key under test
  EVP_PKEY *other;  // another key of its type, in memory
  EVP_PKEY *public_part;
  int is_ec;
};

struct call {
  const char *name;
  long (*ask)(const struct subject *subject);
};

#define CALL(function) {#function, &function}

// Each list ends with an entry without a name.
extern const struct call key_calls[], signing_calls[], scheme_calls[];
