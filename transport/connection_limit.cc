// SPDX-License-Identifier: Apache-2.0
#include "transport/connection_limit.h"

#include <algorithm>

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

// The initial limit for a server about which nothing is known. A small appliance refuses few of these, and 64
// connections are reached after three rounds of replies.
constexpr unsigned kAtFirst = 8;
// The established connections may all be busy for seconds: after this time, the limit is raised anyway.
constexpr auto kPatience = 250ms;
// The pause between a probe that was refused and the next one; doubled each time.
constexpr Clock::duration kFirstPause = 1s;
constexpr Clock::duration kLongestPause = 30s;
constexpr auto kPauseBeforeMore = 100ms;

}  // namespace

ConnectionLimit::ConnectionLimit(unsigned most) noexcept
    : most_(std::max(1U, most)),
      limit_(std::min(most_, kAtFirst)),
      is_growing_(limit_ < most_),
      probe_pause_(kFirstPause) {}

void ConnectionLimit::answered(bool fresh, unsigned in_use, bool others_wait,
                               Clock::time_point now) noexcept {
  if (hold_ != kNoHold) return lower(now);
  if (!fresh) return;
  if (in_use > proven_ && proven_ < limit_) ++proven_;
  if (is_growing_ && others_wait) limit_ = std::min(most_, limit_ + 1);
  crowded_until_ = kNever;
}

void ConnectionLimit::lower(Clock::time_point now) noexcept {
  hold_ = kNoHold;
  if (lower_to_ == 0) return;
  limit_ = std::min(limit_, lower_to_);
  lower_to_ = 0;
  proven_ = std::min(proven_, limit_);
  is_growing_ = false;
  is_learned_ = true;
  lowered_at_ = now;
  probe_pause_ = kFirstPause;
  next_probe_ = now + kPauseBeforeMore;  // half of the former limit may be too low
}

// Connections that were begun before the limit was last lowered do not lower it again.
void ConnectionLimit::turned_away(unsigned others, unsigned standing, Clock::time_point since) noexcept {
  if (hold_ == kNoHold && since > lowered_at_)
    lower_to_ = std::max({1U, std::min(standing, most_), std::min(others + 1, limit_) / 2});
  hold_ = std::max({1U, standing, std::min(hold_, others)});
}

void ConnectionLimit::all_gone() noexcept {
  hold_ = kNoHold;
  lower_to_ = 0;
  crowded_until_ = kNever;
}

void ConnectionLimit::crowded(Clock::time_point now) noexcept {
  if (is_learned_ || hold_ != kNoHold) return not_crowded();
  if (crowded_until_ == kNever) crowded_until_ = now + kPatience;
  if (now < crowded_until_) return;
  crowded_until_ = now + kPatience;
  limit_ = std::min(most_, 2 * limit_);
  proven_ = std::min(limit_, proven_ + 1);
}

bool ConnectionLimit::is_probe_due(Clock::time_point now) const noexcept {
  return is_learned_ && limit_ < most_ && !is_probing_ && hold_ == kNoHold && now >= next_probe_;
}

void ConnectionLimit::probe_ended(bool answered, Clock::time_point now) noexcept {
  is_probing_ = false;
  if (answered) {
    limit_ = std::min(most_, limit_ + 1);
    probe_pause_ = kFirstPause;
    next_probe_ = now + kPauseBeforeMore;
    return;
  }
  next_probe_ = now + probe_pause_;
  probe_pause_ = std::min(2 * probe_pause_, kLongestPause);
}

Clock::time_point ConnectionLimit::next_event() const noexcept {
  const bool may_probe = is_learned_ && limit_ < most_ && !is_probing_ && hold_ == kNoHold;
  return std::min(crowded_until_, may_probe ? next_probe_ : kNever);
}

}  // namespace sesam::transport
