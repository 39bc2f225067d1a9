// SPDX-License-Identifier: Apache-2.0
// ASYNC_JOBs that pause until a certain time: the I/O thread is their clock.
#pragma once

#include "transport/call.h"

namespace sesam::transport {

/// Calls without a request, each done at its deadline. The I/O thread's own.
class Rests {
 public:
  void add(Call& call) noexcept;
  /// Takes out those whose time has come, or all; linked by next.
  Call* take_due(Clock::time_point now) noexcept;
  Call* take_all() noexcept;
  /// When the first one is due; the end of time: there is none.
  Clock::time_point next_event() const noexcept { return first_; }

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  Call* head_ = nullptr;  // in no order: they are few, and looked through once for each that is due
  Clock::time_point first_ = kNever;
};

}  // namespace sesam::transport
