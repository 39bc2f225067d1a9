// SPDX-License-Identifier: Apache-2.0
#include "base/packed_texts.h"

#include <algorithm>

namespace sesam {
namespace {

constexpr unsigned kBits = 7;  // bits of a length per byte; the highest bit is set if more bytes follow
constexpr unsigned char kMore = 0x80;

}  // namespace

void PackedTexts::push(std::string_view text) {
  constexpr std::size_t kMaxLengthBytes = 10;
  const std::size_t needed = text.size() + kMaxLengthBytes;
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < needed)
    blocks_.emplace_back().reserve(std::max(kBlockBytes, needed));
  std::string& block = blocks_.back();
  std::size_t length = text.size();
  for (; length >= kMore; length >>= kBits) block += static_cast<char>(length | kMore);
  block += static_cast<char>(length);
  block += text;
}

PackedTexts::Place PackedTexts::end() const noexcept {
  if (blocks_.empty()) return {0, 0};
  return {static_cast<std::uint32_t>(blocks_.size() - 1), static_cast<std::uint32_t>(blocks_.back().size())};
}

std::string_view PackedTexts::text_at(const std::string& block, std::size_t& at) noexcept {
  std::size_t length = 0;
  unsigned shift = 0;
  unsigned char byte = 0;
  do {
    byte = static_cast<unsigned char>(block[at++]);
    length |= static_cast<std::size_t>(byte & ~kMore) << shift;
    shift += kBits;
  } while ((byte & kMore) != 0);
  const std::string_view text(block.data() + at, length);
  at += length;
  return text;
}

std::string_view PackedTexts::pop() {
  popped_ = text_at(blocks_.front(), front_);
  if (front_ == blocks_.front().size()) {
    blocks_.pop_front();
    front_ = 0;
  }
  return popped_;
}

}  // namespace sesam
