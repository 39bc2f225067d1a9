// SPDX-License-Identifier: Apache-2.0
// How many connections of HTTP/1.1 a server allows: learned by additive increase, multiplicative decrease.
// Pure.
#pragma once

#include "transport/call.h"

namespace sesam::transport {

/// Of what a server refuses, only a new connection counts, and only if another one to it answers thereafter:
/// a server that is down or restarts refuses all of them, and what was learned before holds.
class ConnectionLimit {
 public:
  explicit ConnectionLimit(unsigned most) noexcept;

  /// How many may be in use now.
  unsigned now() const noexcept { return limit_ < hold_ ? limit_ : hold_; }
  /// So many have been seen to be answered side by side: a request that cannot be repeated is safe on them.
  unsigned proven() const noexcept { return proven_; }
  /// What the server was found to allow; 0: no limit was met, or none below the configured one.
  unsigned learned() const noexcept { return is_learned_ && limit_ < most_ ? limit_ : 0; }

  /// A reply came while `in_use`, its own connection included, and while calls waited for a place. `fresh`:
  /// it is the first of its connection.
  void answered(bool fresh, unsigned in_use, bool others_wait, Clock::time_point now) noexcept;
  /// A new connection, begun at `since`, was refused, or closed before its first reply, while `others` are in
  /// use. `standing`: how many have answered before and are still there.
  void turned_away(unsigned others, unsigned standing, Clock::time_point since) noexcept;
  /// There is none any more: whoever was turned away, was so by a server that went down.
  void all_gone() noexcept;
  /// All that are allowed are in use and up, and yet calls wait: those are not made to for long while nothing
  /// was learned.
  void crowded(Clock::time_point now) noexcept;
  void not_crowded() noexcept { crowded_until_ = kNever; }

  /// One more than allowed may be tried.
  bool is_probe_due(Clock::time_point now) const noexcept;
  void probe_begun() noexcept { is_probing_ = true; }
  /// The probe's call is over; `answered`: its connection came about.
  void probe_ended(bool answered, Clock::time_point now) noexcept;

  /// When crowded() or is_probe_due() would change something.
  Clock::time_point next_event() const noexcept;

 private:
  static constexpr unsigned kNoHold = ~0U;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  void lower(Clock::time_point now) noexcept;

  const unsigned most_;
  unsigned limit_;
  unsigned proven_ = 1;
  unsigned hold_ = kNoHold;  // while it is open whether a limit was met
  unsigned lower_to_ = 0;    // if it was
  bool is_growing_;          // nothing was met yet: each answered connection allows another one
  bool is_learned_ = false;
  bool is_probing_ = false;
  Clock::time_point lowered_at_ = Clock::time_point::min();
  Clock::time_point crowded_until_ = kNever;
  Clock::time_point next_probe_ = kNever;
  Clock::duration probe_pause_;
};

}  // namespace sesam::transport
