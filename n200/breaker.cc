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
// How often an operation that waits for a probe polls its outcome.
constexpr Breaker::Clock::duration kLook = 2ms;

Breaker::Clock::time_point time_of(Breaker::Clock::rep ticks) noexcept {
  return Breaker::Clock::time_point(Breaker::Clock::duration(ticks));
}

}  // namespace

Breaker::Breaker(std::size_t nodes) {
  for (std::size_t node = 0; node < std::max<std::size_t>(nodes, 1); ++node)
    health_.push_back(std::make_shared<std::atomic<transport::Health>>(transport::Health::unknown));
}

void Breaker::forget_outcomes() const noexcept {
  for (const auto& health : health_) health->store(transport::Health::unknown, std::memory_order_relaxed);
}

// The first healthy node, or else the first that sent any reply.
std::optional<std::size_t> Breaker::responding_node() const noexcept {
  for (const auto wanted : {transport::Health::healthy, transport::Health::responds})
    for (std::size_t node = 0; node < health_.size(); ++node)
      if (health_[node]->load(std::memory_order_relaxed) == wanted) return node;
  return std::nullopt;
}

bool Breaker::all_unhealthy() const noexcept {
  return std::ranges::all_of(health_, [](const auto& health) {
    return health->load(std::memory_order_relaxed) == transport::Health::unhealthy;
  });
}

void Breaker::close() noexcept {
  unanswered_at_.store(0, std::memory_order_relaxed);
  probe_at_.store(0, std::memory_order_relaxed);
}

void Breaker::unanswered(Clock::time_point now) noexcept {
  Clock::rep closed = 0;
  const auto ticks = now.time_since_epoch().count();
  if (!unanswered_at_.compare_exchange_strong(closed, ticks, std::memory_order_relaxed)) return;
  forget_outcomes();
  failed_probes_.store(0, std::memory_order_relaxed);
  next_probe_at_.store(ticks, std::memory_order_relaxed);
}

// Several threads may see the probe end; only one of them counts it as failed.
void Breaker::end_probe(Clock::rep started, Clock::time_point now) noexcept {
  const unsigned doublings = std::min(failed_probes_.load(std::memory_order_relaxed), kMaxDoublings);
  const auto next = now + std::min(kFirstPause * (1 << doublings), kMaxPause);
  forget_outcomes();
  next_probe_at_.store(next.time_since_epoch().count(), std::memory_order_relaxed);
  if (probe_at_.compare_exchange_strong(started, 0, std::memory_order_relaxed))
    failed_probes_.fetch_add(1, std::memory_order_relaxed);
}

Breaker::Verdict Breaker::refusal(Clock::time_point now, Clock::time_point next) const noexcept {
  Verdict verdict{.advice = Advice::refuse};
  verdict.silent_for =
      duration_cast<milliseconds>(now - time_of(unanswered_at_.load(std::memory_order_relaxed)));
  verdict.next_in = std::max(0ms, std::chrono::ceil<milliseconds>(next - now));
  return verdict;
}

Breaker::Verdict Breaker::ask(Clock::time_point now, milliseconds patience) noexcept {
  if (is_closed()) return {};
  if (const auto node = responding_node()) return {.advice = Advice::close, .node = *node};
  auto probe = probe_at_.load(std::memory_order_relaxed);
  if (probe != 0) {
    const auto sent = time_of(probe);
    if (!all_unhealthy() && now < sent + kProbeTime) {
      if (now < sent + patience)
        return {.advice = Advice::wait, .until = std::min(now + kLook, sent + patience)};
      return refusal(now, sent + kProbeTime);
    }
    end_probe(probe, now);
  }
  const auto next = time_of(next_probe_at_.load(std::memory_order_relaxed));
  if (now < next) return refusal(now, next);
  probe = 0;
  const bool is_mine =
      probe_at_.compare_exchange_strong(probe, now.time_since_epoch().count(), std::memory_order_relaxed);
  if (!is_mine) return {.advice = Advice::wait, .until = now + kLook};
  forget_outcomes();  // an earlier probe may have ended late
  return {.advice = Advice::send_probe};
}

}  // namespace sesam::n200
