// SPDX-License-Identifier: Apache-2.0
// ASYNC_JOBs that pause until a given time; the I/O thread is their timer.
#pragma once

#include "transport/call.h"

namespace sesam::transport {

/// Calls without a request, each done at its deadline. Used by the I/O thread only.
class Rests {
 public:
  void add(Call& call) noexcept;
  /// Removes the calls that are due, or all calls; linked by next.
  Call* take_due(Clock::time_point now) noexcept;
  Call* take_all() noexcept;
  /// When the first one is due; Clock::time_point::max(): there is none.
  Clock::time_point next_event() const noexcept { return first_; }

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  Call* head_ = nullptr;  // unordered: they are few, and scanned only when one is due
  Clock::time_point first_ = kNever;
};

}  // namespace sesam::transport
