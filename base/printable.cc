// SPDX-License-Identifier: Apache-2.0
#include "base/printable.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>

namespace sesam {
namespace {

struct Range {
  char32_t first, last;
};

// Non-ASCII characters that are not printable.
constexpr Range kNotPrintable[] = {
    {0x0080, 0x009F},    // C1 control characters
    {0x00AD, 0x00AD},    // soft hyphen
    {0x061C, 0x061C},    // Arabic letter mark
    {0x180E, 0x180E},    // Mongolian vowel separator
    {0x200B, 0x200F},    // zero-width characters, directional marks
    {0x2028, 0x202E},    // line and paragraph separators, directional embeddings and overrides
    {0x2060, 0x206F},    // word joiner, directional isolates
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFF9, 0xFFFB},    // interlinear annotation
    {0xFFFE, 0xFFFF},    // noncharacters
    {0xE0000, 0xE0FFF},  // tags
};

bool is_printable(char32_t code) noexcept {
  if (code < 0x80) return code >= 0x20 && code != 0x7F;
  return std::none_of(std::begin(kNotPrintable), std::end(kNotPrintable),
                      [&](const Range& range) { return code >= range.first && code <= range.last; });
}

void append_escape(std::string& line, const Character& character) {
  if (character.is_utf8 && character.code == '\n') return void(line += "\\n");
  if (character.is_utf8 && character.code == '\r') return void(line += "\\r");
  if (character.is_utf8 && character.code == '\t') return void(line += "\\t");
  const char* format = !character.is_utf8 || character.code < 0x80 ? "\\x%02x"
                       : character.code <= 0xFFFF                  ? "\\u%04x"
                                                                   : "\\U%08x";
  std::array<char, 16> escape;
  const int length =
      std::snprintf(escape.data(), escape.size(), format, static_cast<unsigned>(character.code));
  line.append(escape.data(), static_cast<std::size_t>(length));
}

}  // namespace

Character first_character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {1, first, true, is_printable(first)};
  const Character not_utf8{1, first, false, false};
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return not_utf8;
  char32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return not_utf8;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  const bool is_too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (is_too_long || is_surrogate || code > 0x10FFFF) return not_utf8;
  return {length, code, true, is_printable(code)};
}

std::string printable(std::string_view text, bool ascii_only) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.is_printable && !(ascii_only && character.code >= 0x80))
      line += text.substr(0, character.bytes);
    else
      append_escape(line, character);
    text.remove_prefix(character.bytes);
  }
  return line;
}

}  // namespace sesam
