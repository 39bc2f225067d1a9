// SPDX-License-Identifier: Apache-2.0
// What the store's loaders, encoders and decoders share: OpenSSL's provctx, as this folder needs it.
#pragma once

#include "n200/context.h"
#include "ossl/error_stack.h"

namespace sesam::store {

struct Context : n200::Context {
  ossl::BioCalls bio;
};

}  // namespace sesam::store
