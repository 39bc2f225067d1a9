// SPDX-License-Identifier: Apache-2.0
// The counter between the callers' threads and the I/O thread: calls go over it, outcomes come back.
#pragma once

#include <atomic>
#include <string_view>

#include "transport/call.h"
#include "transport/poller.h"
#include "transport/wait_words.h"

namespace sesam::transport {

/// Why calls fail with Failure::descriptors_closed.
inline constexpr std::string_view kDescriptorsClosed = "the program has closed descriptors that sesam uses";

class Handoff {
 public:
  explicit Handoff(Poller& poller) noexcept : poller_(poller) {}

  // Callers.
  Call* take_call() noexcept { return pool_.take(); }
  enum class Submitted {
    accepted,
    refused,  ///< no more calls are taken: the call is still the caller's
    unheard,  ///< handed over, but the program has closed the descriptor that wakes the I/O thread
  };
  /// Hands the call over and wakes the I/O thread if it sleeps.
  Submitted submit(Call& call) noexcept;
  /// Sleeps until the call is done or `until`; false: not done.
  bool sleep_until_done(const Call& call, Clock::time_point until) noexcept;
  /// Parts from a call that is not done. true: it was done in this very moment and is still the caller's.
  static bool leave(Call& call) noexcept;
  void ask_to_stop() noexcept;
  /// In the place of an I/O thread that cannot be woken: takes no more calls and fails those that it has not
  /// collected.
  void abandon(Failure why, std::string_view message) noexcept;
  /// Since when nothing is in flight and the I/O thread sleeps; kNever: it does not.
  Clock::time_point idle_since() const noexcept {
    return Clock::time_point(Clock::duration(idle_since_.load(std::memory_order_relaxed)));
  }
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  /// After so long without a request in flight the descriptors are looked at before they are used.
  static constexpr std::chrono::milliseconds kPause{100};

  // The I/O thread.
  /// All calls handed over since the last time, oldest first, linked by next.
  Call* collect() noexcept;
  /// The outcome is in the call: it will be published with the others of this turn.
  void complete(Call& call) noexcept;
  /// Completes the call with a failure; without memory for the message it has none.
  void fail(Call& call, Failure failure, std::string_view message) noexcept;
  /// Fails all calls of a list, linked by next.
  void fail_all(Call* calls, Failure failure, std::string_view message) noexcept;
  void publish() noexcept;
  bool must_stop() const noexcept { return stopping_.load(std::memory_order_acquire); }
  /// To be said before sleeping; false: do not sleep, something has come.
  bool about_to_sleep() noexcept;
  void awake() noexcept {
    asleep_.store(false, std::memory_order_relaxed);
    be_idle_since(kNever);
  }
  void be_idle_since(Clock::time_point when) noexcept {
    idle_since_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
  }
  /// From now on submit() refuses, for that reason; returns what had still come in.
  Call* close(Failure why) noexcept;
  /// The reverse, for another thread in its place.
  void reopen() noexcept;
  /// Why submit() refuses; Failure::none: it does not.
  Failure closed_for() const noexcept { return closed_for_.load(std::memory_order_acquire); }

 private:
  static Call* reversed(Call* newest) noexcept;
  static void set_failure(Call& call, Failure failure, std::string_view message) noexcept;
  static void set_health(Call& call) noexcept;
  static void tell(Call& call, Notify notify) noexcept;

  Poller& poller_;
  CallPool pool_;
  WaitWords words_;
  Call* completed_ = nullptr;  // the I/O thread's own
  // Written by all sides, so each on its own cache line.
  alignas(64) std::atomic<Call*> inbox_{
      nullptr};  // newest first; a push is one compare-and-swap, no lock for fork to inherit
  alignas(64) std::atomic<bool> asleep_{false};
  std::atomic<Clock::rep> idle_since_{kNever.time_since_epoch().count()};
  std::atomic<bool> stopping_{false};
  std::atomic<Failure> closed_for_{Failure::none};
};

}  // namespace sesam::transport
