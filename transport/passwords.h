// SPDX-License-Identifier: Apache-2.0
// The password that a pipeline sends: another one may take its place while requests are under way.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "base/secret.h"

namespace sesam::transport {

/// Safe from any thread, and across fork: there is no lock. Passwords are kept for life, as another thread
/// may be using one, and what a device quotes may be an older one.
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
  /// This one is, or was, in use.
  bool contains(const Secret& secret) const noexcept {
    for (const Password* one = &newest(); one != nullptr; one = one->previous.get())
      if (one->secret == secret) return true;
    return false;
  }
  /// From one thread at a time. Throws std::bad_alloc.
  void replace(Secret next) {
    const Password& before = newest();
    auto password = std::make_unique<Password>(Password{std::move(next), before.number + 1, nullptr});
    password->previous.reset(&before);
    newest_.store(password.release(), std::memory_order_release);
  }

 private:
  std::atomic<const Password*> newest_;
};

}  // namespace sesam::transport
