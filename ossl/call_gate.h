// SPDX-License-Identifier: Apache-2.0
// The calls of OpenSSL that are inside this module, for the end of the process: libcrypto must not be torn
// down under them.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <chrono>

namespace sesam::ossl {

/// Counts calls without a lock, by thread. Once it is closed, only the thread that closed it may enter: the
/// others would use a libcrypto that goes, while that one is still to free what is ours.
class CallGate {
 public:
  /// False: closed, the call must end at once, without libcrypto. True: leave() follows.
  bool enter() noexcept;
  void leave() noexcept;

  void close() noexcept;

  /// Whether all calls had left by the deadline. One that the closing thread itself is in never leaves.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) const noexcept;

  /// In a forked child: the parent's calls are not here.
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

/// The one of this process.
CallGate& call_gate() noexcept;

/// As long as it lives, a call is inside.
class CallInside {
 public:
  CallInside() noexcept;
  ~CallInside();
  CallInside(const CallInside&) = delete;
  CallInside& operator=(const CallInside&) = delete;

  explicit operator bool() const noexcept { return entered_; }

 private:
  unsigned generation_;  // a child that is forked inside the call has forgotten it
  bool entered_;
};

}  // namespace sesam::ossl
