// SPDX-License-Identifier: Apache-2.0
// Membership in a list of words; such lists are used to interpret replies.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace sesam::n200 {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::ranges::find(words, word) != std::end(words);
}

}  // namespace sesam::n200
