// SPDX-License-Identifier: Apache-2.0
// A line, or a part of one, without the blanks around it.
#pragma once

#include <string_view>

namespace sesam {

/// Without blanks, tabs and line ends at both ends; a part of `text`.
inline std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace sesam
