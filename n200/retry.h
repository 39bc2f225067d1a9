// SPDX-License-Identifier: Apache-2.0
// When a failed exchange is tried again: one pure policy.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "n200/http/pipeline.h"

namespace sesam::n200 {

/// What doing a command twice would do to the device.
enum class Repetition : std::uint8_t {
  harmless,  ///< signing and reading
  harmful,   ///< generating, importing, deleting: only where the device surely did not act
};

/// How one attempt ended.
struct Attempt {
  http::Failure failure = http::Failure::none;
  int status = 200;
  bool may_have_acted = true;
  unsigned number = 1;                        ///< 1 for the first attempt
  std::chrono::milliseconds time_left{0};     ///< until the operation's deadline
};

/// How long to wait before the next attempt; nothing if there is to be none. `jitter` is a random number from 0 to 1: it spreads the
/// retries of many threads that failed together. The first repetition comes at once, later ones after 25 ms, 50 ms, ... at most 1 s.
std::optional<std::chrono::milliseconds> retry_after(const Attempt& attempt, Repetition repetition, double jitter) noexcept;

}  // namespace sesam::n200
