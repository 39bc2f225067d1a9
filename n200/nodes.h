// SPDX-License-Identifier: Apache-2.0
// Which appliance of a cluster is asked: the first, in the order given, that is healthy.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "n200/node_set.h"
#include "transport/pipeline.h"

namespace sesam::metrics {
struct NodeCounts;
}

namespace sesam::n200 {

/// A circuit breaker for each node, shared by all threads; lock-free. A node that failed is left alone for a
/// while. After that a request of our own finds out whether it is healthy again: no user's request is risked
/// for that. The pause is longer after each probe that failed, and each time users' requests fail again after
/// a good one, until the node has answered them for a minute: a node may answer probes only.
class Nodes {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Nodes(std::size_t count);
  /// Where to count what becomes of a node; before it is used.
  void count_into(std::size_t node, metrics::NodeCounts* counts) noexcept { nodes_[node].counts = counts; }

  std::size_t count() const noexcept { return nodes_.size(); }
  /// Where to send the next request: the first that is healthy. If none is: the one that is to be healthy
  /// again first. One that is to be avoided only where there is no other.
  std::size_t in_use(NodeSet avoid = 0) noexcept;
  /// A node whose time is up; the caller has to probe it, and nobody else is told of it for `patience`, or,
  /// where the probe has failed, until the next pause is over.
  std::optional<std::size_t> to_probe(Clock::time_point now, Clock::duration patience) noexcept;
  /// What the pipeline tells the outcome of the probe to.
  const transport::HealthFlag& health_of(std::size_t node) const noexcept { return nodes_[node].health; }

  /// It answered a probe of the breaker: it is used if no other is healthy.
  void found_healthy(std::size_t node) noexcept;
  /// It answered a user's request.
  void answered(std::size_t node, Clock::time_point now) noexcept;
  /// It did not. What it `asked_for` itself passes before it is probed, five minutes at most. True: it was in
  /// use until now.
  bool failed(std::size_t node, Clock::time_point now, std::chrono::seconds asked_for) noexcept;
  /// A lone node did not respond; it stays in use.
  void did_not_respond(std::size_t node) noexcept { nodes_[node].note(true); }
  /// Some node has answered in this process: the configuration is right, and a failure will pass.
  bool ever_answered() const noexcept { return ever_answered_.load(std::memory_order_relaxed); }

 private:
  struct Node {
    std::atomic<Clock::rep> unhealthy_until{0};  // 0: healthy
    std::atomic<unsigned> failures{0};           // of users' requests, until it is steady
    std::atomic<unsigned> failed_probes{0};      // in a row
    std::atomic<bool> is_back{false};            // a probe found it healthy after it failed
    std::atomic<Clock::rep> answers_since{0};    // users' requests; 0: none since it failed
    metrics::NodeCounts* counts = nullptr;
    void note(bool is_unhealthy) noexcept;
    transport::HealthFlag health =
        std::make_shared<std::atomic<transport::Health>>(transport::Health::unknown);
  };
  static bool is_healthy(Node& node) noexcept;
  static void bring_back(Node& node) noexcept;
  static void set_healthy(Node& node) noexcept;
  // `counted`: of the failures, those that are the one that the pause is for.
  static Clock::duration next_pause(const Node& node, unsigned counted = 0) noexcept;
  static void note_failed_probe(Node& node, Clock::time_point now) noexcept;

  std::deque<Node> nodes_;  // atomics do not move
  std::atomic<bool> ever_answered_{false};
};

}  // namespace sesam::n200
