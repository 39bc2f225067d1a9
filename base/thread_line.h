// SPDX-License-Identifier: Apache-2.0
// Assigns each thread one of several cache lines for its counters, so that threads rarely share a line.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

namespace sesam {

/// The index of this thread's line, less than `Lines` (a power of two). A hash of the thread's handle:
/// a thread_local variable would have to be allocated for each thread if the module is loaded late.
template <std::size_t Lines>
std::size_t line_of_this_thread() noexcept {
  static_assert(Lines > 1 && (Lines & (Lines - 1)) == 0);
  constexpr unsigned kBits = __builtin_ctzll(Lines);
  const auto thread = static_cast<std::uint64_t>(pthread_self());
  return thread * 0x9E3779B97F4A7C15U >> (64 - kBits);
}

}  // namespace sesam
