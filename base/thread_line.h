// SPDX-License-Identifier: Apache-2.0
// Which of several cache lines a thread counts on, so that threads do not wait for each other's.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

namespace sesam {

/// Of `Lines`, a power of two; always the same one for a thread. A thread's handle tells it from others
/// without a thread_local variable, which a module that is loaded late has to allocate for each thread.
template <std::size_t Lines>
std::size_t line_of_this_thread() noexcept {
  static_assert(Lines > 1 && (Lines & (Lines - 1)) == 0);
  constexpr unsigned kBits = __builtin_ctzll(Lines);
  const auto thread = static_cast<std::uint64_t>(pthread_self());
  return thread * 0x9E3779B97F4A7C15U >> (64 - kBits);
}

}  // namespace sesam
