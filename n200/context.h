// SPDX-License-Identifier: Apache-2.0
// What all objects of one provider instance share: access to the device, or the reason why there is none.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "ossl/core_version.h"

namespace sesam::n200 {

class Device;

/// Problems that an administrator should know about but that stop no program. They are logged when a key is
/// first used, because they do not concern programs that use no key.
class Warnings {
 public:
  Warnings() = default;
  Warnings(std::shared_ptr<const Log> log, std::vector<std::string> sentences)
      : log_(std::move(log)), sentences_(std::move(sentences)) {}
  Warnings& operator=(Warnings&& other) noexcept {
    log_ = std::move(other.log_);
    sentences_ = std::move(other.sentences_);
    return *this;
  }

  void tell_once() const noexcept {
    if (sentences_.empty() || told_.test_and_set()) return;
    for (const auto& sentence : sentences_) log_->write(LogLevel::failures, sentence);
  }

 private:
  std::shared_ptr<const Log> log_;
  std::vector<std::string> sentences_;
  mutable std::atomic_flag told_ = ATOMIC_FLAG_INIT;
};

struct Context {
  virtual ~Context() = default;
  /// The device, or the error why there is none. The first call completes the configuration: parameters that
  /// the program sets after loading the provider count until then. Raises bad_configuration.
  virtual Result<std::shared_ptr<Device>> require_device() const = 0;

  bool claims_pkcs11 = true;       ///< also serves pkcs11: URIs, files that hold one, BIND's key generation
  ossl::CoreVersion core_version;  ///< of the OpenSSL that loaded the provider
};

}  // namespace sesam::n200
