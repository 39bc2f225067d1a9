// SPDX-License-Identifier: Apache-2.0
// The measured window, and what one caller did in it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "client.h"

namespace sesam::bench {

using Clock = std::chrono::steady_clock;

enum class Phase : std::uint8_t { warm_up, measured, over };

/// The phase of the run, set by the main thread, read by all callers.
struct Window {
  std::atomic<Phase> phase{Phase::warm_up};
  std::atomic<std::size_t> warm_callers{
      0};  ///< callers that have made a signature, and so have their connection
  bool is_over() const noexcept { return phase.load(std::memory_order_relaxed) == Phase::over; }
};

/// The results of one caller. Memory for the latencies is allocated and touched before RSS is measured.
class Tally {
 public:
  explicit Tally(std::size_t room) : latencies_us_(room) { latencies_us_.clear(); }

  void add(Clock::duration latency, Phase phase) {
    ++total_;
    if (phase == Phase::measured)
      latencies_us_.push_back(std::chrono::duration<float, std::micro>(latency).count());
  }
  std::uint64_t total() const noexcept { return total_; }  ///< including the warm-up
  const std::vector<float>& latencies_us() const noexcept { return latencies_us_; }

 private:
  std::uint64_t total_ = 0;
  std::vector<float> latencies_us_;
};

/// Signs until the window is over; records signatures that end while it is measured. Throws like sign().
inline void sign_during(Window& window, Caller& caller, Tally& tally) {
  while (!window.is_over()) {
    const auto start = Clock::now();
    caller.sign();
    tally.add(Clock::now() - start, window.phase.load(std::memory_order_relaxed));
    if (tally.total() == 1) ++window.warm_callers;
  }
}

}  // namespace sesam::bench
