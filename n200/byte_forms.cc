// SPDX-License-Identifier: Apache-2.0
#include "n200/byte_forms.h"

#include <algorithm>
#include <string>

#include "base/base64.h"
#include "n200/encodings.h"

namespace sesam::n200 {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string without(std::string_view text, std::string_view characters) {
  std::string rest;
  rest.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(rest),
                       [&](char c) { return characters.find(c) == characters.npos; });
  return rest;
}

}  // namespace

std::optional<Bytes> bytes_of_hex(std::string_view text) {
  std::string digits = without(text, " \t\r\n:-");
  if (digits.starts_with("0x") || digits.starts_with("0X")) digits.erase(0, 2);
  return digits.empty() ? std::nullopt : from_hex(digits);
}

std::optional<Bytes> bytes_of_base64(std::string_view text) {
  std::string digits = without(text, kBlanks);
  std::ranges::replace(digits, '-', '+');
  std::ranges::replace(digits, '_', '/');
  if (digits.find('=') == digits.npos) digits.append((4 - digits.size() % 4) % 4, '=');
  return digits.empty() ? std::nullopt : from_base64(digits);
}

}  // namespace sesam::n200
