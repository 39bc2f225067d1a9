// SPDX-License-Identifier: Apache-2.0
#include "transport/admission.h"

#include <algorithm>
#include <utility>

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

// A server sends its SETTINGS right after the handshake. A scout whose reply takes longer than this (for
// example, RSA key generation) must not delay the others. If the SETTINGS are late, libcurl assumes 100
// streams, which is usually right.
constexpr auto kPatience = 250ms;
// How long a learned stream limit applies before the configured limit is tried again. A trial costs one batch
// of requests.
constexpr auto kLearnedFor = 1s;

}  // namespace

Admission::Admission(Limits limits) noexcept
    : limits_(limits), connections_(std::min(limits.max_in_flight, limits.connections)) {}

void Admission::arrive(Call& call) noexcept {
  call.arrival = ++arrivals_;
  call.next = nullptr;
  (tail_ == nullptr ? head_ : tail_->next) = &call;
  tail_ = &call;
  ++waiting_;
  first_expiry_ = std::min(first_expiry_, call.deadline);
}

void Admission::come_back(Call& call) noexcept {
  Call** place = &head_;
  while (*place != nullptr && (*place)->arrival < call.arrival) place = &(*place)->next;
  call.next = std::exchange(*place, &call);
  if (call.next == nullptr) tail_ = &call;
  ++waiting_;
  first_expiry_ = std::min(first_expiry_, call.deadline);
}

Admission::Turn Admission::first_repeatable(bool is_probe) const noexcept {
  Turn turn{head_, nullptr, is_probe};
  while (turn.call != nullptr && !turn.call->repeatable)
    turn.before = std::exchange(turn.call, turn.call->next);
  return turn;
}

// Connections beyond the proven number may be refused by the server, so they carry only repeatable requests.
Admission::Turn Admission::next_in_turn() const noexcept {
  if (head_ == nullptr) return {};
  if (gate_ == Gate::cold) return {head_};
  if (gate_ != Gate::open) return {};
  if (shape_ != Shape::connections) return in_flight_ < limit_ ? Turn{head_} : Turn{};
  // An established connection is idle: a handshake that hangs must not keep calls from using it.
  if (connecting_ != 0 && in_flight_ < connecting_ + standing_) return {head_};
  const unsigned allowed = connections_.now();
  const unsigned in_use = probe_ == nullptr ? in_flight_ : in_flight_ - 1;
  if (in_use < std::min(allowed, connections_.proven())) return {head_};
  if (in_use < allowed) return first_repeatable(false);
  return may_probe_ && in_use == allowed ? first_repeatable(true) : Turn{};
}

Call* Admission::next() noexcept {
  const Turn turn = next_in_turn();
  Call* const call = turn.call;
  if (call == nullptr) return nullptr;
  (turn.before == nullptr ? head_ : turn.before->next) = call->next;
  if (tail_ == call) tail_ = turn.before;
  if (turn.is_probe) {
    may_probe_ = false;
    probe_ = call;
    connections_.probe_begun();
  }
  --waiting_;
  ++in_flight_;
  if (gate_ == Gate::cold) {
    gate_ = Gate::scouting;
    scout_ = call;
  }
  return call;
}

void Admission::leave(const Call& call) noexcept {
  --in_flight_;
  if (probe_ == &call) {
    probe_ = nullptr;
    connections_.probe_ended(false, Clock::now());
  }
  const bool was_scout = std::exchange(scout_, scout_ == &call ? nullptr : scout_) == &call;
  // With nothing in flight, nothing watches the connection. The next call is a scout again and finds out
  // whether it is still up.
  if (in_flight_ == 0 || (was_scout && gate_ != Gate::open)) {
    close(Gate::cold);
    connections_.all_gone();
  }
}

void Admission::connecting(const Call& call) noexcept {
  if (gate_ == Gate::open && shape_ == Shape::connections) return;  // opened in parallel, as needed
  close(Gate::scouting);
  scout_ = &call;
}

void Admission::connected(const Call& call, Shape shape, bool fresh, Clock::time_point now) noexcept {
  if (gate_ != Gate::scouting || scout_ != &call) return;
  if (shape != Shape::unknown && shape != std::exchange(shape_, shape)) limit_ends_at_ = kNever;
  if (fresh && shape != Shape::connections) {
    gate_ = Gate::proving;
    gate_opens_at_ = shape == Shape::unknown ? kNever : now + kPatience;
    limit_ends_at_ = kNever;
    return;
  }
  open();
}

void Admission::answered(const Call& call, Shape shape) noexcept {
  if (gate_ == Gate::open || scout_ != &call) return;
  shape_ = shape;
  open();
}

void Admission::replied(const Call& call, bool fresh, Clock::time_point now) noexcept {
  if (shape_ != Shape::connections) return;
  if (probe_ == &call) {
    probe_ = nullptr;
    connections_.probe_ended(true, now);
  }
  connections_.answered(fresh, in_flight_, head_ != nullptr, now);
}

bool Admission::turned_away(const Call& call, unsigned standing, Clock::time_point since,
                            Clock::time_point now) noexcept {
  if (shape_ != Shape::connections || gate_ != Gate::open) return false;
  if (in_flight_ == 1 && standing == 0) return false;
  may_probe_ = false;
  if (std::exchange(probe_, probe_ == &call ? nullptr : probe_) == &call)
    connections_.probe_ended(false, now);
  else
    connections_.turned_away(in_flight_ - 1, standing, since);
  return true;
}

void Admission::watch(unsigned connecting, unsigned standing, Clock::time_point now) noexcept {
  if (shape_ != Shape::connections) return;
  connecting_ = connecting;
  standing_ = standing;
  if (gate_ == Gate::open && head_ != nullptr && connecting == 0 && !has_next())
    connections_.crowded(now);
  else
    connections_.not_crowded();
}

// The time at which the gate opens was that of another connection.
void Admission::close(Gate gate) noexcept {
  gate_ = gate;
  gate_opens_at_ = kNever;
}

void Admission::open() noexcept {
  gate_ = Gate::open;
  scout_ = nullptr;
  gate_opens_at_ = kNever;
  const unsigned most = shape_ == Shape::streams ? limits_.streams : limits_.connections;
  if (limit_ends_at_ == kNever) limit_ = std::max(1U, std::min(limits_.max_in_flight, most));
}

void Admission::kept_waiting(unsigned unsent, Clock::time_point now) noexcept {
  if (gate_ != Gate::open || shape_ != Shape::streams || unsent == 0) return;
  limit_ = std::max(1U, in_flight_ - std::min(unsent, in_flight_));
  limit_ends_at_ = now + kLearnedFor;
}

void Admission::tick(Clock::time_point now) noexcept {
  if (gate_ == Gate::proving && now >= gate_opens_at_) open();
  if (now >= limit_ends_at_) {
    limit_ends_at_ = kNever;
    if (gate_ == Gate::open) open();
  }
  may_probe_ = may_probe_ || connections_.is_probe_due(now);
}

Clock::time_point Admission::next_event() const noexcept {
  if (head_ == nullptr) return kNever;
  return std::min(
      {first_expiry_, gate_opens_at_, limit_ends_at_, may_probe_ ? kNever : connections_.next_event()});
}

Call* Admission::take_expired(Clock::time_point now) noexcept {
  if (now < first_expiry_) return nullptr;
  Call* expired = nullptr;
  Call** expired_end = &expired;
  Call* waiting = take_all();
  while (waiting != nullptr) {
    Call* call = std::exchange(waiting, waiting->next);
    if (call->deadline > now) {
      arrive(*call);
      continue;
    }
    call->next = nullptr;
    *expired_end = call;
    expired_end = &call->next;
  }
  return expired;
}

Call* Admission::take_all() noexcept {
  tail_ = nullptr;
  waiting_ = 0;
  first_expiry_ = kNever;
  return std::exchange(head_, nullptr);
}

}  // namespace sesam::transport
