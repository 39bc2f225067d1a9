// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <array>

namespace sesam {
namespace {

constexpr std::array<signed char, 256> make_digit_values() {
  std::array<signed char, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<signed char>(i);
  for (int i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('A' + i)] = static_cast<signed char>(10 + i);
    values[static_cast<std::size_t>('a' + i)] = static_cast<signed char>(10 + i);
  }
  return values;
}

// A table: each signature comes as 128 digits or more.
constexpr auto kDigitValues = make_digit_values();

int digit_value(char c) noexcept { return kDigitValues[static_cast<unsigned char>(c)]; }

}  // namespace

std::string to_hex(std::span<const unsigned char> bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  append_hex(text, bytes);
  return text;
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
