// SPDX-License-Identifier: Apache-2.0
// Keeps the I/O thread where a fork may happen: inside its wait, holding no lock of curl, OpenSSL or malloc.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

namespace sesam::transport {

/// The I/O thread holds the mutex always except inside its wait; who wants to fork raises a flag, so that the
/// thread does not come back from there, and takes the mutex.
class ForkGuard {
 public:
  // The I/O thread.
  void enter() { working_.lock(); }
  void leave() { working_.unlock(); }
  void before_wait() { working_.unlock(); }
  void after_wait();

  // The thread that forks. `raise` all guards first, then wake their threads, then `take` them, each by the
  // deadline.
  void raise() noexcept { forking_.store(true, std::memory_order_release); }
  void take(std::chrono::steady_clock::time_point deadline) noexcept;
  void release() noexcept;

 private:
  std::timed_mutex working_;
  std::atomic<bool> forking_{false};
  bool taken_ = false;  // the forking thread's own
};

}  // namespace sesam::transport
