// SPDX-License-Identifier: Apache-2.0
// The context that the store's loaders, encoders and decoders share: OpenSSL's provctx.
#pragma once

#include <string>

#include "n200/context.h"
#include "ossl/error_stack.h"

namespace sesam::store {

struct Context : n200::Context {
  ossl::BioCalls bio;

  /// The directory of the certificates, valid after require_device() has succeeded; empty: none.
  virtual const std::string& certificate_directory() const = 0;
};

}  // namespace sesam::store
