// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text, as the device writes all its binary values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesam {

using Bytes = std::vector<unsigned char>;

/// Appends two digits a byte to `out`, which is any string-like type with append().
template <class Out>
void append_hex(Out& out, std::span<const unsigned char> bytes, const char* digits = "0123456789ABCDEF") {
  char text[64];
  while (!bytes.empty()) {
    const auto part = bytes.first(bytes.size() < sizeof text / 2 ? bytes.size() : sizeof text / 2);
    char* to = text;
    for (const unsigned char byte : part) {
      *to++ = digits[byte >> 4];
      *to++ = digits[byte & 15];
    }
    out.append(std::string_view(text, 2 * part.size()));
    bytes = bytes.subspan(part.size());
  }
}

std::string to_hex(std::span<const unsigned char> bytes);

/// Whether the text is nothing but digits of either case, any number of them.
bool is_hex(std::string_view text) noexcept;

/// Reads digits of either case into `out`. False unless `text` holds exactly 2 * out.size() of them.
bool from_hex(std::string_view text, std::span<unsigned char> out) noexcept;

/// The same for any length; nothing when `text` is not an even number of digits.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace sesam
