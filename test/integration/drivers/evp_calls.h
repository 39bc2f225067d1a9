// SPDX-License-Identifier: Apache-2.0
// What evp_calls asks of a key: each call answers with a number that does not depend on which key of the type it is.
#include <openssl/evp.h>

struct subject {
  EVP_PKEY *key;    // the one that is asked
  EVP_PKEY *other;  // another key of its type, in memory
  EVP_PKEY *public_part;
  int is_ec;
};

struct call {
  const char *name;
  long (*ask)(const struct subject *subject);
};

#define CALL(function) {#function, &function}

// Each list ends with a call that has no name.
extern const struct call key_calls[], signing_calls[], scheme_calls[];
