// SPDX-License-Identifier: Apache-2.0
// Decides which call to one endpoint is sent next: a queue and its limits. Pure logic, no I/O. libcurl never
// receives a request that it would have to queue.
#pragma once

#include "transport/call.h"
#include "transport/connection_limit.h"

namespace sesam::transport {

/// First come, first served. Until a connection is known to be up, a single call (the scout) is sent and the
/// others wait for it. Otherwise libcurl would let them fail one after another, and it guesses the server's
/// settings before it has received them.
class Admission {
 public:
  struct Limits {
    unsigned max_in_flight;
    unsigned streams;      ///< per HTTP/2 connection
    unsigned connections;  ///< if the server speaks HTTP/1.1
  };
  /// How requests share connections: as streams of one (HTTP/2), or one at a time on several (HTTP/1.1).
  enum class Shape { unknown, streams, connections };

  explicit Admission(Limits limits) noexcept;

  void arrive(Call& call) noexcept;
  /// The next call, which now counts as in flight; nullptr if none is waiting or the limits forbid it.
  Call* next() noexcept;
  /// Puts a call back into the queue, ahead of all that arrived later.
  void come_back(Call& call) noexcept;
  /// The call is no longer in flight, whatever its outcome.
  void leave(const Call& call) noexcept;

  /// A new connection is being made for this call.
  void connecting(const Call& call) noexcept;
  /// A call is about to be sent. `fresh`: it is the first on a new connection. Shape::unknown: the HTTP
  /// version is not known yet.
  void connected(const Call& call, Shape shape, bool fresh, Clock::time_point now) noexcept;
  /// A reply arrived, so the server's settings are known; `shape` is that of the reply.
  void answered(const Call& call, Shape shape) noexcept;
  /// A reply arrived over HTTP/1.1; `fresh`: the first on its connection.
  void replied(const Call& call, bool fresh, Clock::time_point now) noexcept;
  /// The HTTP/1.1 connection for this call, begun at `since`, failed or was closed before its first reply,
  /// while `standing` others are established. False if that is no evidence of a limit.
  bool turned_away(const Call& call, unsigned standing, Clock::time_point since,
                   Clock::time_point now) noexcept;
  /// The connection failed: the next call is a scout again.
  void connect_failed() noexcept { close(Gate::cold); }
  /// libcurl holds back `unsent` of the calls in flight although the connection is up: the server allows
  /// fewer streams.
  void kept_waiting(unsigned unsent, Clock::time_point now) noexcept;

  /// Call this every turn: of the calls in flight, `connecting` still wait for a connection of their own;
  /// `standing` connections have answered before.
  void watch(unsigned connecting, unsigned standing, Clock::time_point now) noexcept;
  /// Call this at next_event(): stops waiting for a slow scout, and lets a learned limit expire.
  void tick(Clock::time_point now) noexcept;
  Clock::time_point next_event() const noexcept;

  /// Removes the calls whose deadline has passed, or all calls; linked by next, oldest first.
  Call* take_expired(Clock::time_point now) noexcept;
  Call* take_all() noexcept;

  bool has_next() const noexcept { return next_in_turn().call != nullptr; }
  unsigned waiting() const noexcept { return waiting_; }
  unsigned in_flight() const noexcept { return in_flight_; }
  Shape shape() const noexcept { return shape_; }
  /// How many connections the server was found to allow; 0: no limit found.
  unsigned learned_connections() const noexcept { return connections_.learned(); }
  /// A connection is up, as far as is known.
  bool is_up() const noexcept { return gate_ == Gate::proving || gate_ == Gate::open; }
  bool is_open() const noexcept { return gate_ == Gate::open; }

 private:
  enum class Gate {
    cold,      // state unknown: one call may be sent, as the scout
    scouting,  // waiting for the scout's connection
    proving,   // the scout's request was sent on a new HTTP/2 connection: its reply will arrive after the
               // server's settings
    open,
  };
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  struct Turn {
    Call* call = nullptr;
    Call* before = nullptr;  // its predecessor in the queue
    bool is_probe = false;
  };
  Turn next_in_turn() const noexcept;
  Turn first_repeatable(bool is_probe) const noexcept;
  void close(Gate gate) noexcept;
  void open() noexcept;

  const Limits limits_;
  Gate gate_ = Gate::cold;
  Shape shape_ = Shape::unknown;
  const Call* scout_ = nullptr;
  const Call* probe_ = nullptr;  // tests whether one more connection is allowed by now
  bool may_probe_ = false;
  unsigned connecting_ = 0;
  unsigned standing_ = 0;
  ConnectionLimit connections_;
  std::uint64_t arrivals_ = 0;
  unsigned waiting_ = 0;
  unsigned in_flight_ = 0;
  unsigned limit_ = 1;
  Clock::time_point gate_opens_at_ = kNever;  // while proving: the latest time
  Clock::time_point limit_ends_at_ = kNever;  // when a learned limit expires
  Clock::time_point first_expiry_ = kNever;   // no waiting call has an earlier deadline
  Call* head_ = nullptr;
  Call* tail_ = nullptr;
};

}  // namespace sesam::transport
