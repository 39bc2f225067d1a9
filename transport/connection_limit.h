// SPDX-License-Identifier: Apache-2.0
// How many HTTP/1.1 connections a server allows, learned by additive increase, multiplicative decrease. Pure
// logic, no I/O.
#pragma once

#include "transport/call.h"

namespace sesam::transport {

/// Only refused new connections count, and only if another connection to the server answers afterwards: a
/// server that is down or restarting refuses all of them, and what was learned before remains valid.
class ConnectionLimit {
 public:
  explicit ConnectionLimit(unsigned most) noexcept;

  /// How many connections may be in use now.
  unsigned now() const noexcept { return limit_ < hold_ ? limit_ : hold_; }
  /// This many connections have answered in parallel: requests that cannot be repeated are safe on them.
  unsigned proven() const noexcept { return proven_; }
  /// The limit found for the server; 0: no limit found, or none below the configured one.
  unsigned learned() const noexcept { return is_learned_ && limit_ < most_ ? limit_ : 0; }

  /// A reply arrived while `in_use` connections, including its own, were in use. `fresh`: it is the first on
  /// its connection. `others_wait`: calls are waiting for a connection.
  void answered(bool fresh, unsigned in_use, bool others_wait, Clock::time_point now) noexcept;
  /// A new connection, begun at `since`, was refused or closed before its first reply, while `others` are in
  /// use. `standing`: how many connections have answered before and are still open.
  void turned_away(unsigned others, unsigned standing, Clock::time_point since) noexcept;
  /// No connection is left: those that were refused were refused by a server that went down.
  void all_gone() noexcept;
  /// All allowed connections are established and in use, and calls are waiting: raises the limit after a
  /// short time, as long as none was learned.
  void crowded(Clock::time_point now) noexcept;
  void not_crowded() noexcept { crowded_until_ = kNever; }

  /// One connection more than the limit may be tried.
  bool is_probe_due(Clock::time_point now) const noexcept;
  void probe_begun() noexcept { is_probing_ = true; }
  /// The probe's call has ended; `answered`: a reply arrived over its connection.
  void probe_ended(bool answered, Clock::time_point now) noexcept;

  /// When crowded() or is_probe_due() would next change something.
  Clock::time_point next_event() const noexcept;

 private:
  static constexpr unsigned kNoHold = ~0U;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  void lower(Clock::time_point now) noexcept;

  const unsigned most_;
  unsigned limit_;
  unsigned proven_ = 1;
  unsigned hold_ = kNoHold;  // the limit until it is known whether the server's was met
  unsigned lower_to_ = 0;    // the new limit if it was met
  bool is_growing_;          // no limit met yet: each connection that answers allows one more
  bool is_learned_ = false;
  bool is_probing_ = false;
  Clock::time_point lowered_at_ = Clock::time_point::min();
  Clock::time_point crowded_until_ = kNever;
  Clock::time_point next_probe_ = kNever;
  Clock::duration probe_pause_;
};

}  // namespace sesam::transport
