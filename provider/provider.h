// SPDX-License-Identifier: Apache-2.0
// One loaded instance of the provider (provider-base(7)).
#pragma once

#include <openssl/core.h>

#include <atomic>
#include <memory>
#include <string>

#include "ossl/error_stack.h"
#include "store/context.h"

namespace sesam::provider {

struct Setup;

/// The context that OpenSSL hands back to every function of the provider.
class Provider : public store::Context {
 public:
  /// Reads the configuration. Never fails on it: what is wrong is remembered, and raised when a key is used.
  /// OpenSSL swallows what a failing init raises, and most programs that load openssl.cnf never use a key.
  explicit Provider(const ossl::Core& core);
  ~Provider() override;

  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  /// The openssl program gives its -provparam after loading the provider, so settings are final only now.
  Result<std::shared_ptr<n200::Device>> require_device() const override;
  const std::string& certificate_directory() const override;
  const ossl::Core& core() const noexcept { return core_; }

  const bool has_composites;  ///< the core knows signature algorithms that name their digest

 private:
  const Setup& final_setup() const;

  ossl::Core core_;
  std::unique_ptr<const Setup> first_;
  mutable std::atomic<const Setup*> final_{nullptr};  // no lock: a fork could inherit it taken
};

/// What OSSL_provider_init() returns.
extern const OSSL_DISPATCH kProvider[];

}  // namespace sesam::provider
