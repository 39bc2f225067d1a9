// SPDX-License-Identifier: Apache-2.0
// For a fork, keeps the I/O thread inside its wait, where it holds no lock of curl, OpenSSL or malloc.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

namespace sesam::transport {

/// The I/O thread holds the mutex except inside its wait. A thread that wants to fork raises a flag, so that
/// the I/O thread does not return from its wait, and acquires the mutex.
class ForkGuard {
 public:
  // For the I/O thread.
  void enter() { working_.lock(); }
  void leave() { working_.unlock(); }
  void before_wait() { working_.unlock(); }
  void after_wait();

  // For the thread that forks: `raise` all guards first, then wake their threads, then `take` each guard, by
  // the deadline.
  void raise() noexcept { forking_.store(true, std::memory_order_release); }
  void take(std::chrono::steady_clock::time_point deadline) noexcept;
  void release() noexcept;

 private:
  std::timed_mutex working_;
  std::atomic<bool> forking_{false};
  bool taken_ = false;  // used by the forking thread only
};

}  // namespace sesam::transport
