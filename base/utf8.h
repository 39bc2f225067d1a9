// SPDX-License-Identifier: Apache-2.0
// Characters in UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace sesam {

struct Character {
  std::size_t bytes = 0;  ///< 0: the text does not begin with a character
  char32_t value = 0;

  /// C0, DEL or C1: what a terminal may act on.
  bool is_control() const noexcept { return value < 0x20 || (value >= 0x7F && value < 0xA0); }
};

/// The character at the start of a text that is not empty.
Character first_character(std::string_view text) noexcept;

}  // namespace sesam
