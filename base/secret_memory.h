// SPDX-License-Identifier: Apache-2.0
// Where secrets lie: pages of their own, which the kernel leaves out of core dumps.
#pragma once

#include <cstddef>
#include <span>

namespace sesam {

/// At least so many bytes, all zero. Pages that hold them are kept out of core dumps (madvise(2),
/// MADV_DONTDUMP) and, as far as the process's limit allows, out of swap. Lock-free: fork may happen at any
/// moment, and a request is written into such memory once a signature. Throws std::bad_alloc.
std::span<char> take_secret_memory(std::size_t bytes);

/// Wipes what take_secret_memory() gave, all of it, and takes it back.
void give_back_secret_memory(std::span<char> memory) noexcept;

}  // namespace sesam
