// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <algorithm>
#include <array>

namespace sesam {
namespace {

constexpr std::array<signed char, 256> make_digit_values() {
  std::array<signed char, 256> values{};
  values.fill(-1);
  signed char value = 0;
  for (const char digit : std::string_view("0123456789")) values[static_cast<unsigned char>(digit)] = value++;
  for (const char* digits : {"abcdef", "ABCDEF"}) {
    value = 10;
    for (const char digit : std::string_view(digits)) values[static_cast<unsigned char>(digit)] = value++;
  }
  return values;
}

// A table, for speed: each signature arrives as at least 128 digits.
constexpr auto kDigitValues = make_digit_values();

int digit_value(char c) noexcept { return kDigitValues[static_cast<unsigned char>(c)]; }

}  // namespace

std::string to_hex(std::span<const unsigned char> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  append_hex(text, bytes);
  return text;
}

bool is_hex(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return digit_value(c) >= 0; });
}

bool from_hex(std::string_view text, std::span<unsigned char> out) noexcept {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit_value(text[2 * i]);
    const int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return true;
}

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes bytes(text.size() / 2);
  if (text.size() % 2 != 0 || !from_hex(text, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace sesam
