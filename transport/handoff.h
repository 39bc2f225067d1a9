// SPDX-License-Identifier: Apache-2.0
// Passes calls from the callers' threads to the I/O thread, and their outcomes back.
#pragma once

#include <sys/types.h>

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

  // For callers.
  Call* take_call() noexcept { return pool_.take(); }
  enum class Submitted {
    accepted,
    refused,  ///< the handoff is closed: the caller still owns the call
    unheard,  ///< handed over, but the program has closed the descriptor that wakes the I/O thread
  };
  /// Hands the call over and wakes the I/O thread if it sleeps.
  Submitted submit(Call& call) noexcept;
  /// Sleeps until the call is done or `until`; false: not done.
  bool sleep_until_done(const Call& call, Clock::time_point until) noexcept;
  /// Stops waiting for a call. true: it has completed meanwhile, and the caller still owns it. While the I/O
  /// thread is in the application's callback, waits for that thread, but not for long.
  bool leave(Call& call) noexcept;
  void ask_to_stop() noexcept;
  /// Called in place of an I/O thread that cannot be woken: closes the handoff and fails the calls that the
  /// thread has not collected.
  void abandon(Failure why, std::string_view message) noexcept;
  /// Since when nothing is in flight and the I/O thread sleeps; kNever: it is not idle.
  Clock::time_point idle_since() const noexcept {
    return Clock::time_point(Clock::duration(idle_since_.load(std::memory_order_relaxed)));
  }
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  /// After this time without a request in flight, the descriptors are checked before they are used.
  static constexpr std::chrono::milliseconds kPause{100};

  // For the I/O thread.
  /// Call this before all others.
  void begin_on_this_thread() noexcept;
  /// All calls handed over since the last time, oldest first, linked by next.
  Call* collect() noexcept;
  /// Queues a call whose outcome is set, to be published with the others of this turn.
  void complete(Call& call) noexcept;
  /// Completes the call with a failure; if memory runs out, without the message.
  void fail(Call& call, Failure failure, std::string_view message) noexcept;
  /// Fails all calls of a list, linked by next.
  void fail_all(Call* calls, Failure failure, std::string_view message) noexcept;
  void publish() noexcept;
  bool must_stop() const noexcept { return stopping_.load(std::memory_order_acquire); }
  /// Call this before sleeping; false: do not sleep, a call has arrived or a stop was requested.
  bool about_to_sleep() noexcept;
  void awake() noexcept {
    asleep_.store(false, std::memory_order_relaxed);
    be_idle_since(kNever);
  }
  void be_idle_since(Clock::time_point when) noexcept {
    idle_since_.store(when.time_since_epoch().count(), std::memory_order_relaxed);
  }
  /// From now on, submit() refuses calls, for that reason; returns the calls that were still in the inbox.
  Call* close(Failure why) noexcept;
  /// Reverses close(), for a new I/O thread.
  void reopen() noexcept;
  /// Why submit() refuses calls; Failure::none: it does not.
  Failure closed_for() const noexcept { return closed_for_.load(std::memory_order_acquire); }

 private:
  static Call* reversed(Call* newest) noexcept;
  static void set_failure(Call& call, Failure failure, std::string_view message) noexcept;
  static void set_health(Call& call) noexcept;
  static void tell(Call& call, Notify notify) noexcept;

  Poller& poller_;
  CallPool pool_;
  WaitWords words_;
  Call* completed_ = nullptr;  // used by the I/O thread only
  std::atomic<pid_t> io_thread_{0};
  // Written by both sides, so each on its own cache line.
  alignas(64) std::atomic<Call*> inbox_{
      nullptr};  // newest first; a push is one compare-and-swap, as a fork could inherit a locked mutex
  alignas(64) std::atomic<bool> asleep_{false};
  std::atomic<Clock::rep> idle_since_{kNever.time_since_epoch().count()};
  std::atomic<bool> stopping_{false};
  std::atomic<Failure> closed_for_{Failure::none};
};

}  // namespace sesam::transport
