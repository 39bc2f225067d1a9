// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/secret_memory.h"

namespace sesam {

Secret::Secret(std::string_view bytes) { append(bytes); }

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

Secret::~Secret() { release(); }

bool Secret::operator==(const Secret& other) const noexcept {
  return size_ == other.size_ && (size_ == 0 || CRYPTO_memcmp(data_, other.data_, size_) == 0);
}

void Secret::reserve(std::size_t bytes) {
  if (bytes <= capacity_) return;
  const auto grown = take_secret_memory(bytes);
  const std::size_t size = size_;
  if (size != 0) std::memcpy(grown.data(), data_, size);
  release();
  data_ = grown.data();
  size_ = size;
  capacity_ = grown.size();
}

void Secret::append(std::string_view bytes) {
  if (size_ + bytes.size() > capacity_) reserve(std::max<std::size_t>(64, 2 * (size_ + bytes.size())));
  // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): there is no capacity without data
  if (!bytes.empty()) std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void Secret::append_hex_of(std::string_view bytes, std::string_view digits) {
  for (const char byte : bytes) {
    append(digits.substr(static_cast<unsigned char>(byte) >> 4, 1));
    append(digits.substr(byte & 15, 1));
  }
}

void Secret::clear() noexcept {
  if (size_ != 0) OPENSSL_cleanse(data_, size_);
  size_ = 0;
}

void Secret::release() noexcept {
  give_back_secret_memory({data_, capacity_});
  data_ = nullptr;
  size_ = 0;
  capacity_ = 0;
}

}  // namespace sesam
