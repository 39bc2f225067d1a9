// SPDX-License-Identifier: Apache-2.0
// Stores many short texts in little more memory than their
// bytes take, for listings with hundreds of thousands of keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace sesam {

/// A queue of texts, stored one after the other in blocks, each preceded by its length.
class PackedTexts {
 public:
  void push(std::string_view text);
  /// Removes and returns the oldest text, valid until the next pop(). The queue must not be empty.
  std::string_view pop();
  bool empty() const noexcept { return blocks_.empty(); }

  /// The position of a text; valid until the first pop().
  struct Place {
    std::uint32_t block, at;
  };
  /// The position of the text that is pushed next.
  Place end() const noexcept;
  /// The text at that position.
  std::string_view text_from(Place place) const {
    std::string_view text;
    for_each_from(place, 1, [&text](std::string_view there) { text = there; });
    return text;
  }
  /// Visits `count` texts, beginning with the text at `place`.
  template <class Visit>
  void for_each_from(Place place, std::size_t count, Visit&& visit) const {
    std::size_t block = place.block, at = place.at;
    for (; count > 0; --count) {
      for (; at == blocks_[block].size(); at = 0) ++block;
      visit(text_at(blocks_[block], at));
    }
  }

  /// Visits every text, the oldest first.
  template <class Visit>
  void for_each(Visit&& visit) const {
    std::size_t at = front_;
    for (const std::string& block : blocks_) {
      while (at < block.size()) visit(text_at(block, at));
      at = 0;
    }
  }

 private:
  static constexpr std::size_t kBlockBytes = 1 << 20;
  static std::string_view text_at(const std::string& block, std::size_t& at) noexcept;

  std::deque<std::string> blocks_;
  std::size_t front_ = 0;  // offset of the oldest text in the first block
  std::string popped_;
};

}  // namespace sesam
