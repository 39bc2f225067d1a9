// SPDX-License-Identifier: Apache-2.0
// The one filter for text that leaves: what a device, a certificate, a URI or a file says must not steer a
// terminal, forge a line of a log, or be shown in another order than it is written.
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
  /// Neither a control character (C0, DEL, C1), nor one that is invisible, breaks lines or changes the
  /// direction of writing.
  bool is_printable;
};

/// `text` must not be empty.
Character first_character(std::string_view text) noexcept;

/// The text as one line: characters that are not printable become escapes, "\n", "\x1b", "\u202e",
/// "\U000e0041", and bytes that are not UTF-8 "\xff". All others stay as they are, backslashes too: escapes
/// are for the eye, and filtering twice changes nothing. With `ascii_only` all beyond ASCII become escapes.
std::string printable(std::string_view text, bool ascii_only = false);

}  // namespace sesam
