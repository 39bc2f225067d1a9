// SPDX-License-Identifier: Apache-2.0
// Makes signatures in many threads, and times each of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "keymgmt/key.h"

namespace sesam::cli {

struct BenchResult {
  std::vector<std::uint32_t> latencies_us;  ///< of the successful signatures, in ascending order
  std::size_t failures = 0;
  std::optional<Error> first_failure;
  double seconds = 0;  ///< from the start until the last thread ends

  double per_second() const noexcept;
  /// The latency in µs that this share (0 to 1) of the signatures does not exceed; 0 without signatures.
  std::uint32_t percentile_us(double share) const noexcept;
};

/// Signs with the key in `threads` threads for `duration`. Calls `progress` about four times a second
/// with the number of signatures so far and the elapsed seconds. A thread stops after its first
/// failure.
BenchResult run_bench(const keymgmt::KeyData& key, unsigned threads, std::chrono::seconds duration,
                      const std::function<void(std::uint64_t signatures, double seconds)>& progress);

/// Makes one signature, over a 32-byte digest that starts with `number`. Raises what Device::sign raises.
Result<void> sign_once(const keymgmt::KeyData& key, std::uint64_t number);

}  // namespace sesam::cli
