// SPDX-License-Identifier: Apache-2.0
#include "transport/rests.h"

#include <algorithm>
#include <utility>

namespace sesam::transport {

void Rests::add(Call& call) noexcept {
  call.next = std::exchange(head_, &call);
  first_ = std::min(first_, call.deadline);
}

Call* Rests::take_all() noexcept {
  first_ = kNever;
  return std::exchange(head_, nullptr);
}

Call* Rests::take_due(Clock::time_point now) noexcept {
  if (now < first_) return nullptr;
  Call* due = nullptr;
  for (Call* all = take_all(); all != nullptr;) {
    Call& call = *std::exchange(all, all->next);
    if (call.deadline <= now)
      call.next = std::exchange(due, &call);
    else
      add(call);
  }
  return due;
}

}  // namespace sesam::transport
