// SPDX-License-Identifier: Apache-2.0
// A password, PIN or anything that contains one: wiped on release, never printed, copied only explicitly.
#pragma once

#include <cstddef>
#include <string_view>

namespace sesam {

/// Bytes that are kept out of core dumps (base/secret_memory.h) and wiped before they are
/// released. Not on OpenSSL's secure heap: few programs have one, and it is small and has
/// a single lock. Has no stream operator and no conversion to std::string on purpose.
class Secret {
 public:
  Secret() noexcept = default;
  explicit Secret(std::string_view bytes);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  /// A second copy in memory, which is rarely needed and therefore explicit.
  Secret clone() const { return Secret(reveal()); }
  /// The bytes. The caller must not keep them anywhere that is not wiped.
  std::string_view reveal() const noexcept { return {data_, size_}; }
  bool empty() const noexcept { return size_ == 0; }
  /// Compares in constant time for equal lengths (CRYPTO_memcmp(3)).
  bool operator==(const Secret& other) const noexcept;

  /// Makes room for `bytes` bytes in total.
  void reserve(std::size_t bytes);
  /// Appends bytes. If the buffer has to grow, the old one is wiped.
  void append(std::string_view bytes);
  /// Appends the bytes as hexadecimal digits, one by one, so that no other buffer holds them.
  void append_hex_of(std::string_view bytes, std::string_view digits = "0123456789ABCDEF");
  /// Wipes the bytes but keeps the buffer for the next use.
  void clear() noexcept;

 private:
  void release() noexcept;

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace sesam
