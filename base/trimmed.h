// SPDX-License-Identifier: Apache-2.0
// Removes whitespace around a text.
#pragma once

#include <string_view>

namespace sesam {

/// A view of `text` without spaces, tabs and line breaks at either end.
inline std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace sesam
