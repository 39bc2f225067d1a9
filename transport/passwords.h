// SPDX-License-Identifier: Apache-2.0
// The password that a pipeline sends; it can be replaced while requests are in flight.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/secret.h"

namespace sesam::transport {

/// Safe from any thread, and across fork: there is no lock. Old passwords are kept until this object is
/// destroyed, as another thread may be using one, and a device message may quote one.
class Passwords {
 public:
  struct Password {
    Secret secret;
    unsigned number;  ///< from 0
    std::unique_ptr<const Password> previous;
  };

  explicit Passwords(const Secret& first) : newest_(new Password{first.clone(), 0, nullptr}) {}
  ~Passwords() { delete newest_.load(); }
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  const Password& newest() const noexcept { return *newest_.load(std::memory_order_acquire); }
  /// Throws std::bad_alloc.
  void replace(Secret next) {
    auto password = std::make_unique<Password>(Password{std::move(next), 0, nullptr});
    const Password* before = newest_.load(std::memory_order_acquire);
    do {
      static_cast<void>(password->previous.release());  // on a retry: another thread has replaced it
      password->previous.reset(before);
      password->number = before->number + 1;
    } while (!newest_.compare_exchange_weak(before, password.get(), std::memory_order_acq_rel));
    static_cast<void>(password.release());
  }

 private:
  std::atomic<const Password*> newest_;
};

}  // namespace sesam::transport
