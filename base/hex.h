// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text, the device's encoding of all binary values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesam {

using Bytes = std::vector<unsigned char>;

/// Appends two digits per byte to `out`, any string-like type with append().
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

/// Whether the text consists only of hexadecimal digits of either case; true if it is empty.
bool is_hex(std::string_view text) noexcept;

/// Decodes digits of either case into `out`. False unless `text` consists of exactly 2 * out.size() digits.
bool from_hex(std::string_view text, std::span<unsigned char> out) noexcept;

/// The same for any length; nullopt unless `text` consists of an even number of digits.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace sesam
