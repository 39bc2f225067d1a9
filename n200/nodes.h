// SPDX-License-Identifier: Apache-2.0
// Selects the appliance of a cluster that is asked: the first healthy one, in the order given.
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

/// A circuit breaker for each node, shared by all threads; lock-free. A node that failed is avoided for a
/// while. Then a probe, not a user's request, finds out whether it is healthy again. The pause grows after
/// each failed probe, and each time users' requests fail after a good probe, until the node has answered them
/// for a minute: some nodes answer only probes.
class Nodes {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Nodes(std::size_t count);
  /// Sets where failures and health of a node are counted. Call before the node is used.
  void count_into(std::size_t node, metrics::NodeCounts* counts) noexcept { nodes_[node].counts = counts; }

  std::size_t count() const noexcept { return nodes_.size(); }
  /// The node for the next request: the first healthy one, or else the one whose pause ends first. Nodes in
  /// `avoid` are used only if there is no other.
  std::size_t in_use(NodeSet avoid = 0) noexcept;
  /// The node failed, and no probe has found it healthy yet.
  bool is_avoided(std::size_t node) noexcept { return !is_healthy(nodes_[node]); }
  /// A node whose pause is over. The caller must probe it; no other caller gets it for `patience` or, if the
  /// probe fails, until the next pause is over.
  std::optional<std::size_t> to_probe(Clock::time_point now, Clock::duration patience) noexcept;
  /// The flag that the pipeline sets to the outcome of the probe.
  const transport::HealthFlag& health_of(std::size_t node) const noexcept { return nodes_[node].health; }

  /// The node answered a probe of the breaker: it is used if no other is healthy.
  void found_healthy(std::size_t node) noexcept;
  /// The node answered a user's request.
  void answered(std::size_t node, Clock::time_point now) noexcept;
  /// The node did not. It is not probed for as long as it `asked_for`, up to five minutes, or until the usual
  /// pause is over. Returns true if it was in use until now.
  bool failed(std::size_t node, Clock::time_point now, std::chrono::seconds asked_for) noexcept;
  /// The only node did not respond; it stays in use.
  void did_not_respond(std::size_t node) noexcept { nodes_[node].note(true); }
  /// A node has answered in this process: the configuration is correct, and a failure will pass.
  bool ever_answered() const noexcept { return ever_answered_.load(std::memory_order_relaxed); }

 private:
  struct Node {
    std::atomic<Clock::rep> unhealthy_until{0};  // 0: healthy
    std::atomic<unsigned> failures{0};           // of users' requests; reset once it is steady
    std::atomic<unsigned> failed_probes{0};      // consecutive
    std::atomic<bool> is_back{false};            // a probe found it healthy after it failed
    std::atomic<Clock::rep> answers_since{0};    // to users' requests; 0: none since it failed
    metrics::NodeCounts* counts = nullptr;
    void note(bool is_unhealthy) noexcept;
    transport::HealthFlag health =
        std::make_shared<std::atomic<transport::Health>>(transport::Health::unknown);
  };
  static bool is_healthy(Node& node) noexcept;
  static void bring_back(Node& node) noexcept;
  static void set_healthy(Node& node) noexcept;
  // `counted`: how many of the node's failures already count the failure that causes this pause.
  static Clock::duration next_pause(const Node& node, unsigned counted = 0) noexcept;
  static void note_failed_probe(Node& node, Clock::time_point now) noexcept;

  std::deque<Node> nodes_;  // not a vector: atomics cannot be moved
  std::atomic<bool> ever_answered_{false};
};

}  // namespace sesam::n200
