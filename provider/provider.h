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

/// The provider context that OpenSSL passes to every function of the provider.
class Provider : public store::Context {
 public:
  /// Reads the configuration. Errors in it are stored, and raised when a key is used: OpenSSL
  /// discards what a failing init raises, and most programs that load openssl.cnf never use a key.
  explicit Provider(const ossl::Core& core);
  ~Provider() override;

  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;

  /// Completes the settings: openssl(1) passes -provparam after loading the provider.
  Result<std::shared_ptr<n200::Device>> require_device() const override;
  const std::string& certificate_directory() const override;
  const ossl::Core& core() const noexcept { return core_; }

  const bool has_composites;  ///< the core supports signature algorithms with a digest in the name

 private:
  const Setup& final_setup() const;

  ossl::Core core_;
  std::unique_ptr<const Setup> first_;
  mutable std::atomic<const Setup*> final_{nullptr};  // no lock: a forked child could inherit it locked
};

/// The dispatch table that OSSL_provider_init() returns.
extern const OSSL_DISPATCH kProvider[];

}  // namespace sesam::provider
