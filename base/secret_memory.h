// SPDX-License-Identifier: Apache-2.0
// Memory for secrets: pages of their own, which the kernel leaves out of core dumps.
#pragma once

#include <cstddef>
#include <span>

namespace sesam {

/// Returns at least `bytes` bytes, all zero. Their pages are kept out of core dumps (madvise(2),
/// MADV_DONTDUMP) and, as far as RLIMIT_MEMLOCK allows, out of swap. Lock-free, as fork may
/// happen at any time and each signature writes a request to such memory. Throws std::bad_alloc.
std::span<char> take_secret_memory(std::size_t bytes);

/// Wipes and releases memory from take_secret_memory(); must be given all of it. Accepts an empty span.
void give_back_secret_memory(std::span<char> memory) noexcept;

}  // namespace sesam
