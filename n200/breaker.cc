// SPDX-License-Identifier: Apache-2.0
#include "n200/breaker.h"

#include <algorithm>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast, std::chrono::milliseconds;

constexpr Breaker::Clock::duration kFirstPause = 1s;
constexpr Breaker::Clock::duration kMaxPause = 10s;
constexpr unsigned kMaxDoublings = 4;
// How often an operation that waits for a probe looks.
constexpr Breaker::Clock::duration kLook = 2ms;

Breaker::Clock::time_point time_of(Breaker::Clock::rep ticks) noexcept {
  return Breaker::Clock::time_point(Breaker::Clock::duration(ticks));
}

}  // namespace

void Breaker::close() noexcept {
  unanswered_at_.store(0, std::memory_order_relaxed);
  probe_at_.store(0, std::memory_order_relaxed);
}

void Breaker::unanswered(Clock::time_point now) noexcept {
  Clock::rep closed = 0;
  const auto ticks = now.time_since_epoch().count();
  if (!unanswered_at_.compare_exchange_strong(closed, ticks, std::memory_order_relaxed)) return;
  failed_probes_.store(0, std::memory_order_relaxed);
  next_probe_at_.store(ticks, std::memory_order_relaxed);
}

// One of those who see it end does this.
void Breaker::end_probe(Clock::rep started, Clock::time_point now) noexcept {
  const unsigned doublings = std::min(failed_probes_.load(std::memory_order_relaxed), kMaxDoublings);
  const auto next = now + std::min(kFirstPause * (1 << doublings), kMaxPause);
  health_->store(transport::Health::unknown, std::memory_order_relaxed);
  next_probe_at_.store(next.time_since_epoch().count(), std::memory_order_relaxed);
  if (probe_at_.compare_exchange_strong(started, 0, std::memory_order_relaxed))
    failed_probes_.fetch_add(1, std::memory_order_relaxed);
}

Breaker::Verdict Breaker::refusal(Clock::time_point now, Clock::time_point next) const noexcept {
  Verdict verdict{Advice::refuse, {}, {}, {}};
  verdict.silent_for =
      duration_cast<milliseconds>(now - time_of(unanswered_at_.load(std::memory_order_relaxed)));
  verdict.next_in = std::max(0ms, std::chrono::ceil<milliseconds>(next - now));
  return verdict;
}

Breaker::Verdict Breaker::ask(Clock::time_point now, milliseconds patience) noexcept {
  if (is_closed()) return {};
  const auto health = health_->load(std::memory_order_relaxed);
  if (health == transport::Health::healthy) {
    health_->store(transport::Health::unknown, std::memory_order_relaxed);
    close();
    return {};
  }
  auto probe = probe_at_.load(std::memory_order_relaxed);
  if (probe != 0) {
    const auto sent = time_of(probe);
    if (health != transport::Health::unhealthy && now < sent + kProbeTime) {
      if (now < sent + patience) return {Advice::wait, std::min(now + kLook, sent + patience), {}, {}};
      return refusal(now, sent + kProbeTime);
    }
    end_probe(probe, now);
  }
  const auto next = time_of(next_probe_at_.load(std::memory_order_relaxed));
  if (now < next) return refusal(now, next);
  probe = 0;
  const bool is_mine =
      probe_at_.compare_exchange_strong(probe, now.time_since_epoch().count(), std::memory_order_relaxed);
  return is_mine ? Verdict{Advice::send_probe, {}, {}, {}} : Verdict{Advice::wait, now + kLook, {}, {}};
}

}  // namespace sesam::n200
