// SPDX-License-Identifier: Apache-2.0
// Helpers shared by the calls that sign and verify.
#pragma once

#include "evp_calls.h"

#define ASK(name, expression) \
  static long name(const struct subject *subject) { return (long)(expression); }

enum { kRoom = 512 };
static const unsigned char kText[] = "some text", kDigest[64] = "a digest";
struct signature {
  unsigned char bytes[kRoom];
  size_t length;
};
