// SPDX-License-Identifier: Apache-2.0
// When a failed exchange is tried again: one pure policy. Whether, says outcome.h.
#pragma once

#include <chrono>
#include <optional>

#include "n200/outcome.h"

namespace sesam::n200 {

/// How one attempt ended that is to be repeated.
struct Attempt {
  ReplyKind kind = ReplyKind::line;
  unsigned number = 1;                ///< 1 for the first attempt
  bool another_node = false;          ///< the next one goes to a node, or to an address of it, not tried yet
  bool known = true;                  ///< the device has answered in this process
  std::chrono::seconds asked_for{0};  ///< Retry-After (RFC 9110, section 10.2.3)
  std::chrono::milliseconds time_left{0};  ///< until the operation's deadline
};

/// How long to wait before the next attempt; nothing if there is to be none. `jitter` is a random number from
/// 0 to 1: it spreads the retries of many threads that failed together. Another node is asked at once, and so
/// is the same one after a broken connection; later attempts come after 25 ms, 50 ms, ... at most 1 s, and
/// not before a busy node asked for. A device that never answered is not waited for: its address is more
/// likely wrong. Connections to it that break are tried twice again.
std::optional<std::chrono::milliseconds> retry_after(const Attempt& attempt, double jitter) noexcept;

}  // namespace sesam::n200
