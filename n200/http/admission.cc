// SPDX-License-Identifier: Apache-2.0
#include "n200/http/admission.h"

#include <algorithm>
#include <utility>

namespace sesam::n200::http {
namespace {

using namespace std::chrono_literals;

// A server sends its settings right after the handshake. A scout whose reply takes longer than this (the
// generation of an RSA key) must not hold up the others; if the settings are late, libcurl assumes 100
// streams, which mostly holds.
constexpr auto kPatience = 250ms;
// How long a learned stream limit holds before the configured one is tried again: the cost of a trial is one
// batch.
constexpr auto kLearnedFor = 1s;

}  // namespace

void Admission::arrive(Call& call) noexcept {
  call.next = nullptr;
  (tail_ == nullptr ? head_ : tail_->next) = &call;
  tail_ = &call;
  ++waiting_;
  first_expiry_ = std::min(first_expiry_, call.deadline);
}

bool Admission::may_send() const noexcept {
  return gate_ == Gate::cold || (gate_ == Gate::open && in_flight_ < limit_);
}

Call* Admission::next() noexcept {
  if (!has_next()) return nullptr;
  Call* call = std::exchange(head_, head_->next);
  if (head_ == nullptr) tail_ = nullptr;
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
  const bool was_scout = std::exchange(scout_, scout_ == &call ? nullptr : scout_) == &call;
  // With nothing in flight nobody watches the connection: whoever comes next finds out whether it still
  // stands.
  if (in_flight_ == 0 || (was_scout && gate_ != Gate::open)) {
    gate_ = Gate::cold;
    gate_opens_at_ = kNever;
  }
}

void Admission::connecting(const Call& call) noexcept {
  if (gate_ == Gate::open && shape_ == Shape::connections) return;  // they are made side by side, as needed
  gate_ = Gate::scouting;
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
}

Clock::time_point Admission::next_event() const noexcept {
  if (head_ == nullptr) return kNever;
  return std::min({first_expiry_, gate_opens_at_, limit_ends_at_});
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

}  // namespace sesam::n200::http
