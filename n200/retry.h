// SPDX-License-Identifier: Apache-2.0
// When a failed exchange is tried again, and where: one pure policy.
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

/// Whose fault it is that an exchange failed, as far as another try goes.
enum class Fault : std::uint8_t {
  none,         ///< it did not fail, or would fail again
  line,         ///< the connection broke, or the request got to the wrong one: the next may do
  unreachable,  ///< no connection came about
  silent,       ///< no answer came, or a gateway got none
  busy,         ///< the node said so: HTTP 429, 503
  ours,         ///< this process has no descriptor or thread left for it, at this moment
};

Fault fault_of(http::Failure failure, int status) noexcept;

/// The node itself seems to be ill, not just a connection to it, nor just slow with this one command while it
/// `answers_others`.
bool is_of_the_node(Fault fault, unsigned number, bool answers_others) noexcept;

/// How one attempt ended.
struct Attempt {
  Fault fault = Fault::none;
  int status = 0;
  bool may_have_acted = true;
  unsigned number = 1;  ///< 1 for the first attempt
  bool another_node =
      false;          ///< the next attempt goes to a node, or to an address of it, that was not tried yet
  bool known = true;  ///< the device has answered in this process
  std::chrono::seconds asked_for{0};       ///< Retry-After (RFC 9110, section 10.2.3)
  std::chrono::milliseconds time_left{0};  ///< until the operation's deadline
};

/// How long to wait before the next attempt; nothing if there is to be none. `jitter` is a random number from
/// 0 to 1: it spreads the retries of many threads that failed together. Another node is asked at once, and so
/// is the same one after a broken connection; later attempts come after 25 ms, 50 ms, ... at most 1 s, and
/// not before a busy node asked for. A device that never answered is not waited for: its address is more
/// likely wrong.
std::optional<std::chrono::milliseconds> retry_after(const Attempt& attempt, Repetition repetition,
                                                     double jitter) noexcept;

}  // namespace sesam::n200
