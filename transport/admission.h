// SPDX-License-Identifier: Apache-2.0
// Who may go out next, to one endpoint: a queue and the limits. Pure; libcurl never gets what it would have
// to keep waiting.
#pragma once

#include "transport/call.h"
#include "transport/connection_limit.h"

namespace sesam::transport {

/// First come, first served. While no connection is known to be up, a single call goes ahead as the scout and
/// the others wait for it: libcurl would let them fail one after the other, and before it knows the server's
/// settings it guesses them.
class Admission {
 public:
  struct Limits {
    unsigned max_in_flight;
    unsigned streams;      ///< of one HTTP/2 connection
    unsigned connections;  ///< where the server speaks HTTP/1.1
  };
  /// How requests share connections: as streams of one (HTTP/2), or each on one of several (HTTP/1.1).
  enum class Shape { unknown, streams, connections };

  explicit Admission(Limits limits) noexcept;

  void arrive(Call& call) noexcept;
  /// Whose turn it is, from now on in flight; nullptr if nobody waits or the limits forbid it.
  Call* next() noexcept;
  /// It waits again, ahead of all that arrived later.
  void come_back(Call& call) noexcept;
  /// It is no longer in flight, whatever became of it.
  void leave(const Call& call) noexcept;

  /// A new connection is being made for this call.
  void connecting(const Call& call) noexcept;
  /// A call is about to be sent. `fresh`: it is the first on a new connection. Shape::unknown: cannot be told
  /// yet.
  void connected(const Call& call, Shape shape, bool fresh, Clock::time_point now) noexcept;
  /// A reply came, so that the server's settings are known; `shape` as the reply shows it.
  void answered(const Call& call, Shape shape) noexcept;
  /// A reply came over HTTP/1.1; `fresh`: the first on its connection.
  void replied(const Call& call, bool fresh, Clock::time_point now) noexcept;
  /// No connection of HTTP/1.1 came about for this call, begun at `since`, or it was closed before the first
  /// reply, while `standing` others stand. False if that tells nothing of a limit.
  bool turned_away(const Call& call, unsigned standing, Clock::time_point since,
                   Clock::time_point now) noexcept;
  /// No connection came about: the next call is a scout again.
  void connect_failed() noexcept { gate_ = Gate::cold; }
  /// libcurl keeps `unsent` of those in flight waiting on a connection that is up: the server allows fewer
  /// streams.
  void kept_waiting(unsigned unsent, Clock::time_point now) noexcept;

  /// To be called each turn: of those in flight, `connecting` still wait for a connection of their own, while
  /// `standing` have answered before.
  void watch(unsigned connecting, unsigned standing, Clock::time_point now) noexcept;
  /// To be called at next_event(): patience with a slow scout ends, a learned limit is tried again.
  void tick(Clock::time_point now) noexcept;
  Clock::time_point next_event() const noexcept;

  /// Takes out whoever has waited until its deadline, or everyone; linked by next, oldest first.
  Call* take_expired(Clock::time_point now) noexcept;
  Call* take_all() noexcept;

  bool has_next() const noexcept { return next_in_turn().call != nullptr; }
  unsigned waiting() const noexcept { return waiting_; }
  unsigned in_flight() const noexcept { return in_flight_; }
  Shape shape() const noexcept { return shape_; }
  /// How many connections the server was found to allow; 0: no limit was met.
  unsigned learned_connections() const noexcept { return connections_.learned(); }
  /// A connection is up, as far as is known.
  bool is_up() const noexcept { return gate_ == Gate::proving || gate_ == Gate::open; }
  bool is_open() const noexcept { return gate_ == Gate::open; }

 private:
  enum class Gate {
    cold,      // nothing known: one may go, as the scout
    scouting,  // the scout is on its way to a connection
    proving,   // its request is out, on a new HTTP/2 connection: its reply will come after the server's
               // settings
    open,
  };
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  struct Turn {
    Call* call = nullptr;
    Call* before = nullptr;  // it in the queue
    bool is_probe = false;
  };
  Turn next_in_turn() const noexcept;
  Turn first_repeatable(bool is_probe) const noexcept;
  void open() noexcept;

  const Limits limits_;
  Gate gate_ = Gate::cold;
  Shape shape_ = Shape::unknown;
  const Call* scout_ = nullptr;
  const Call* probe_ = nullptr;  // whether one connection more is allowed by now
  bool may_probe_ = false;
  unsigned connecting_ = 0;
  unsigned standing_ = 0;
  ConnectionLimit connections_;
  std::uint64_t arrivals_ = 0;
  unsigned waiting_ = 0;
  unsigned in_flight_ = 0;
  unsigned limit_ = 1;
  Clock::time_point gate_opens_at_ = kNever;  // proving: at the latest
  Clock::time_point limit_ends_at_ = kNever;  // of a learned limit
  Clock::time_point first_expiry_ = kNever;   // no waiting call has an earlier deadline
  Call* head_ = nullptr;
  Call* tail_ = nullptr;
};

}  // namespace sesam::transport
