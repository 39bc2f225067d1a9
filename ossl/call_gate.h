// SPDX-License-Identifier: Apache-2.0
// Counts OpenSSL's calls that are inside this module, for the end of
// the process: libcrypto must not be torn down while they use it.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <chrono>

namespace sesam::ossl {

/// Counts calls by thread, without a lock. Once the gate is closed, only the thread that closed it may
/// enter, as it still has to free our objects; the others would use a libcrypto that is being torn down.
class CallGate {
 public:
  /// True: call leave() later. False: closed; the call must return immediately, without using libcrypto.
  bool enter() noexcept;
  void leave() noexcept;

  void close() noexcept;

  /// Whether all calls left by the deadline. Never true if the closing thread itself is inside a call.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) const noexcept;

  /// For a forked child, in which the parent's calls do not exist.
  void forget_calls() noexcept;

 private:
  struct alignas(64) Line {
    std::atomic<int> inside{0};
  };
  std::atomic<int>& inside_of_this_thread() noexcept;

  std::array<Line, 32> lines_{};
  std::atomic<bool> closed_{false};
  pthread_t closer_{};  // written before closed_
};

/// The gate of this process.
CallGate& call_gate() noexcept;

/// Keeps a call inside the gate for the lifetime of the object; false if the gate is closed.
class CallInside {
 public:
  CallInside() noexcept;
  ~CallInside();
  CallInside(const CallInside&) = delete;
  CallInside& operator=(const CallInside&) = delete;

  explicit operator bool() const noexcept { return entered_; }

 private:
  unsigned generation_;  // a child that is forked during the call has forgotten it
  bool entered_;
};

}  // namespace sesam::ossl
