// SPDX-License-Identifier: Apache-2.0
// Text that may contain a secret, such as a device's reply: its memory is wiped before it is freed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sesam {

/// Wipes memory (OPENSSL_cleanse(3)); accepts size 0.
void wipe(void* memory, std::size_t bytes) noexcept;

/// Allocates like std::allocator.
template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() noexcept = default;
  template <class Other>
  explicit(false) WipingAllocator(const WipingAllocator<Other>&) noexcept {}
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const WipingAllocator&) const noexcept = default;
};

/// Unlike a Secret, in ordinary memory, as large as a listing of all keys; wiped also when it grows. A text
/// that is too short to be allocated (15 bytes) is not wiped.
using WipedText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;
using WipedBytes = std::vector<unsigned char, WipingAllocator<unsigned char>>;

}  // namespace sesam
