// SPDX-License-Identifier: Apache-2.0
#include "n200/nodes.h"

#include <algorithm>

#include "metrics/counts.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;

constexpr Nodes::Clock::duration kFirstPause = 1s;
constexpr Nodes::Clock::duration kLongestPause = 30s;
constexpr unsigned kMaxDoublings = 5;
constexpr Nodes::Clock::duration kSteady = 60s;  // longer than a request may take
// The longest pause that a node may ask for (Retry-After).
constexpr std::chrono::seconds kLongestAskedFor = 5min;

}  // namespace

Nodes::Nodes(std::size_t count) : nodes_(std::max<std::size_t>(count, 1)) {}

void Nodes::Node::note(bool is_unhealthy) noexcept {
  if (counts == nullptr || (counts->unhealthy.get() != 0) == is_unhealthy) return;
  counts->unhealthy.set(is_unhealthy ? 1 : 0);
  if (is_unhealthy) counts->failures.add();
}

void Nodes::set_healthy(Node& node) noexcept {
  node.failed_probes.store(0, std::memory_order_relaxed);
  node.unhealthy_until.store(0, std::memory_order_relaxed);
  node.note(false);
}

void Nodes::bring_back(Node& node) noexcept {
  node.is_back.store(true, std::memory_order_relaxed);
  set_healthy(node);
}

// The first thread that sees a probe's good outcome applies it.
bool Nodes::is_healthy(Node& node) noexcept {
  if (node.unhealthy_until.load(std::memory_order_relaxed) == 0) return true;
  auto health = transport::Health::healthy;
  if (!node.health->compare_exchange_strong(health, transport::Health::unknown, std::memory_order_relaxed))
    return false;
  bring_back(node);
  return true;
}

void Nodes::found_healthy(std::size_t node) noexcept {
  if (std::ranges::none_of(nodes_, &Nodes::is_healthy)) bring_back(nodes_[node]);
}

std::size_t Nodes::in_use(NodeSet avoid) noexcept {
  const auto is_sooner = [this](std::size_t a, std::optional<std::size_t> b) {
    return !b || nodes_[a].unhealthy_until.load(std::memory_order_relaxed) <
                     nodes_[*b].unhealthy_until.load(std::memory_order_relaxed);
  };
  std::optional<std::size_t> soonest;
  std::optional<std::size_t> avoided;  // a healthy node has 0, so it is the soonest
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const bool may_use = (avoid & node_set(i)) == 0;
    if (is_healthy(nodes_[i]) && may_use) return i;
    auto& best = may_use ? soonest : avoided;
    if (is_sooner(i, best)) best = i;
  }
  return soonest ? *soonest : avoided.value_or(0);
}

Nodes::Clock::duration Nodes::next_pause(const Node& node, unsigned counted) noexcept {
  const unsigned failures =
      node.failures.load(std::memory_order_relaxed) + node.failed_probes.load(std::memory_order_relaxed);
  const unsigned doublings = std::min(failures - std::min(failures, counted), kMaxDoublings);
  return std::min(kFirstPause * (1 << doublings), kLongestPause);
}

// Applies a probe's bad outcome, and one that only shows that some server responds.
void Nodes::note_failed_probe(Node& node, Clock::time_point now) noexcept {
  auto until = node.unhealthy_until.load(std::memory_order_relaxed);
  auto health = node.health->load(std::memory_order_relaxed);
  if (until == 0 || health == transport::Health::unknown || health == transport::Health::healthy ||
      !node.health->compare_exchange_strong(health, transport::Health::unknown, std::memory_order_relaxed))
    return;
  const auto next = (now + next_pause(node)).time_since_epoch().count();
  if (!node.unhealthy_until.compare_exchange_strong(until, next, std::memory_order_relaxed))
    return;  // the node has answered meanwhile
  node.failed_probes.fetch_add(1, std::memory_order_relaxed);
  node.note(true);  // another Device with this URL may have reset it meanwhile
}

std::optional<std::size_t> Nodes::to_probe(Clock::time_point now, Clock::duration patience) noexcept {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    note_failed_probe(nodes_[i], now);
    auto until = nodes_[i].unhealthy_until.load(std::memory_order_relaxed);
    if (until == 0 || now.time_since_epoch().count() < until) continue;
    const auto next = (now + patience).time_since_epoch().count();
    if (nodes_[i].unhealthy_until.compare_exchange_strong(until, next, std::memory_order_relaxed)) return i;
  }
  return std::nullopt;
}

void Nodes::answered(std::size_t node, Clock::time_point now) noexcept {
  if (!ever_answered_.load(std::memory_order_relaxed)) ever_answered_.store(true, std::memory_order_relaxed);
  Node& one = nodes_[node];
  one.note(false);
  if (one.unhealthy_until.load(std::memory_order_relaxed) == 0 &&
      one.failures.load(std::memory_order_relaxed) == 0)
    return;  // the common case: nothing that threads share is written
  set_healthy(one);
  Clock::rep since = 0;
  const Clock::rep ticks = now.time_since_epoch().count();
  if (!one.answers_since.compare_exchange_strong(since, ticks, std::memory_order_relaxed) &&
      ticks - since >= kSteady.count())
    one.failures.store(0, std::memory_order_relaxed);
}

// If many requests fail together, only the first one counts, even if a request that the node answered earlier
// ends in between and makes it healthy.
bool Nodes::failed(std::size_t node, Clock::time_point now, std::chrono::seconds asked_for) noexcept {
  Node& one = nodes_[node];
  auto before = one.unhealthy_until.load(std::memory_order_relaxed);
  if (before != 0 && now.time_since_epoch().count() < before) return false;
  const bool is_same_failure = before == 0 && one.failures.load(std::memory_order_relaxed) != 0 &&
                               !one.is_back.load(std::memory_order_relaxed);
  const auto alone = std::max<Clock::duration>(std::min(asked_for, kLongestAskedFor),
                                               next_pause(one, is_same_failure ? 1 : 0));
  one.health->store(transport::Health::unknown, std::memory_order_relaxed);  // ignore an earlier probe
  if (!one.unhealthy_until.compare_exchange_strong(before, (now + alone).time_since_epoch().count(),
                                                   std::memory_order_relaxed))
    return false;
  if (!is_same_failure) one.failures.fetch_add(1, std::memory_order_relaxed);
  one.is_back.store(false, std::memory_order_relaxed);
  one.answers_since.store(0, std::memory_order_relaxed);
  one.note(true);
  return before == 0;
}

}  // namespace sesam::n200
