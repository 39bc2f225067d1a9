// SPDX-License-Identifier: Apache-2.0
// One loaded instance of the provider (provider-base(7)).
#pragma once

#include <openssl/core.h>

#include <memory>

#include "base/log.h"
#include "ossl/error_stack.h"
#include "store/context.h"

namespace sesam::provider {

/// The context that OpenSSL hands back to every function of the provider.
class Provider : public store::Context {
 public:
  /// Reads the configuration. Never fails on it: what is wrong is remembered, and raised when a key is used.
  /// OpenSSL swallows what a failing init raises, and most programs that load openssl.cnf never use a key.
  explicit Provider(const ossl::Core& core);
  ~Provider();

  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

 private:
  Result<void> configure();

  ossl::Core core_;
  std::shared_ptr<const Log> log_;
};

/// What OSSL_provider_init() returns.
extern const OSSL_DISPATCH kProvider[];

}  // namespace sesam::provider
