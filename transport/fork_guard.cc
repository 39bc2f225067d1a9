// SPDX-License-Identifier: Apache-2.0
#include "transport/fork_guard.h"

#include <utility>

namespace sesam::transport {

void ForkGuard::after_wait() {
  // A mutex alone is not fair: this thread could acquire it every time.
  while (forking_.load(std::memory_order_acquire)) forking_.wait(true, std::memory_order_acquire);
  working_.lock();
}

void ForkGuard::take(std::chrono::steady_clock::time_point deadline) noexcept {
  taken_ = working_.try_lock_until(deadline);
}

void ForkGuard::release() noexcept {
  if (std::exchange(taken_, false)) working_.unlock();
  forking_.store(false, std::memory_order_release);
  forking_.notify_all();
}

}  // namespace sesam::transport
