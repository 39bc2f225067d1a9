// SPDX-License-Identifier: Apache-2.0
// The filter for all text that is printed or logged: data from a device, a certificate, a URI or a file
// must not control a terminal, forge a log line or be displayed in another order than it is stored.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sesam {

/// The character at the start of a text (UTF-8, RFC 3629).
struct Character {
  std::size_t bytes;  ///< 1 for a byte that is not UTF-8
  char32_t code;      ///< the code point, or that byte
  bool is_utf8;
  /// False for control characters (C0, DEL, C1) and for characters that
  /// are invisible, break lines or change the direction of the text.
  bool is_printable;
};

/// `text` must not be empty.
Character first_character(std::string_view text) noexcept;

/// Returns the text as one line: characters that are not printable become escapes ("\n", "\x1b", "\u202e",
/// "\U000e0041"), and bytes that are not UTF-8 become "\xff". All others are unchanged, even backslashes:
/// escapes are for people, and filtering twice changes nothing. `ascii_only` escapes non-ASCII ones too.
std::string printable(std::string_view text, bool ascii_only = false);

}  // namespace sesam
