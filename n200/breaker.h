// SPDX-License-Identifier: Apache-2.0
// The circuit breaker of a device, for all nodes of a cluster together: after an operation got no response,
// further ones fail at once instead of waiting for their own deadline, until a node responds again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "transport/pipeline.h"

namespace sesam::n200 {

/// Shared by all threads; lock-free. While it is open, an operation that wants to begin probes every node to
/// find out whether one responds again: at once, then after pauses that grow from 1 s to 10 s. No operation
/// depends on a probe's reply. Any reply closes the breaker, even one from a device that denies access: the
/// next operation gets the error then. A slow command or a hanging core does not keep a device from answering
/// the probe.
class Breaker {
 public:
  using Clock = std::chrono::steady_clock;

  /// What an operation that wants to begin must do.
  enum class Advice {
    go,
    send_probe,  ///< send one to each node, with its health_of(), and ask again
    wait,        ///< a probe is in flight: ask again at `until`
    close,       ///< `node` has answered its probe: use it, and call answered()
    refuse,      ///< do not begin
  };
  struct Verdict {
    Advice advice = Advice::go;
    Clock::time_point until{};               ///< wait
    std::size_t node = 0;                    ///< close
    std::chrono::milliseconds silent_for{};  ///< refuse: time since the device failed to respond
    std::chrono::milliseconds next_in{};     ///< refuse: time until the next attempt
  };
  explicit Breaker(std::size_t nodes);
  /// `patience`: how long after the start of a probe operations wait for its outcome.
  Verdict ask(Clock::time_point now, std::chrono::milliseconds patience) noexcept;

  bool is_closed() const noexcept { return unanswered_at_.load(std::memory_order_relaxed) == 0; }
  /// A reply arrived, whatever it says.
  void answered() noexcept {
    if (!is_closed()) close();
  }
  /// An operation ended without a reply, and the device sent nothing to other requests meanwhile.
  void unanswered(Clock::time_point now) noexcept;

  /// The outcome of that node's probe.
  const transport::HealthFlag& health_of(std::size_t node) const noexcept { return health_[node]; }
  /// How long a probe may take.
  static constexpr std::chrono::seconds kProbeTime{3};

 private:
  void close() noexcept;
  void forget_outcomes() const noexcept;
  std::optional<std::size_t> responding_node() const noexcept;
  bool all_unhealthy() const noexcept;
  void end_probe(Clock::rep started, Clock::time_point now) noexcept;
  Verdict refusal(Clock::time_point now, Clock::time_point next) const noexcept;

  std::atomic<Clock::rep> unanswered_at_{0};  // 0: closed
  std::atomic<Clock::rep> next_probe_at_{0};
  std::atomic<Clock::rep> probe_at_{0};  // when the probe in flight was sent; 0: none
  std::atomic<unsigned> failed_probes_{0};
  std::vector<transport::HealthFlag> health_;  // by node
};

}  // namespace sesam::n200
