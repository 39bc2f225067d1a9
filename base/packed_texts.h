// SPDX-License-Identifier: Apache-2.0
// Many short texts in little more memory than their bytes: what is kept of a listing with hundreds of
// thousands of keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace sesam {

/// A queue of texts. They lie one behind the other in blocks, each after its length.
class PackedTexts {
 public:
  void push(std::string_view text);
  /// The oldest text; it lives until the next call. There must be one.
  std::string_view pop();
  bool empty() const noexcept { return blocks_.empty(); }

  /// Where a text is; valid until the first pop().
  struct Place {
    std::uint32_t block, at;
  };
  /// That of the text that is pushed next.
  Place end() const noexcept;
  /// The text there.
  std::string_view text_from(Place place) const {
    std::string_view text;
    for_each_from(place, 1, [&text](std::string_view there) { text = there; });
    return text;
  }
  /// Visits that text and those after it, `count` in all.
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
  std::size_t front_ = 0;  // in the first block
  std::string popped_;
};

}  // namespace sesam
