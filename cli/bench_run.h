// SPDX-License-Identifier: Apache-2.0
// Signatures by many threads, timed one by one.
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
  std::vector<std::uint32_t> latencies_us;  ///< of the signatures that were made, in ascending order
  std::size_t failures = 0;
  std::optional<Error> first_failure;
  double seconds = 0;  ///< from the first to the last

  double per_second() const noexcept;
  /// The latency that this share (0 to 1) of the signatures does not exceed. 0 without signatures.
  std::uint32_t percentile_us(double share) const noexcept;
};

/// Signs with the key for so long, by so many threads at a time. `progress` is called about four times a
/// second with the number of signatures up to then and the seconds that passed. A thread whose signature
/// fails stops.
BenchResult run_bench(const keymgmt::KeyData& key, unsigned threads, std::chrono::seconds duration,
                      const std::function<void(std::uint64_t signatures, double seconds)>& progress);

/// One signature, of a digest that is `number`. Raises what Device::sign raises.
Result<void> sign_once(const keymgmt::KeyData& key, std::uint64_t number);

}  // namespace sesam::cli
