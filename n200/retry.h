// SPDX-License-Identifier: Apache-2.0
// When a failed exchange is repeated, as a pure function. Whether it is repeated: outcome.h.
#pragma once

#include <chrono>
#include <optional>

#include "n200/outcome.h"

namespace sesam::n200 {

/// The end of an attempt that is to be repeated.
struct Attempt {
  ReplyKind kind = ReplyKind::line;
  unsigned number = 1;                ///< 1 for the first attempt
  bool another_node = false;          ///< the next one goes to a node, or an address of it, not tried yet
  bool known = true;                  ///< the device has answered in this process
  std::chrono::seconds asked_for{0};  ///< Retry-After (RFC 9110, section 10.2.3)
  std::chrono::milliseconds time_left{0};  ///< until the operation's deadline
};

/// How long to wait before the next attempt; nullopt if there is to be none. `jitter`, a random number from 0
/// to 1, spreads the retries of many threads that failed together. Another node is asked at once, and so is
/// the same one after its first broken connection; later attempts wait 25 ms, 50 ms, ... at most 1 s (half of
/// that or more, by `jitter`), and as long as a busy node asks for. A device that never answered is not
/// waited for, because its address is probably wrong; broken connections to it are retried twice.
std::optional<std::chrono::milliseconds> retry_after(const Attempt& attempt, double jitter) noexcept;

}  // namespace sesam::n200
