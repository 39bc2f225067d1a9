// SPDX-License-Identifier: Apache-2.0
#include "n200/key_type_forms.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace sesam::n200 {
namespace {

// How a word begins and ends, in upper case and without anything but letters and digits; between them may be
// the size.
struct Spelling {
  std::string_view start, end, type;
};
constexpr Spelling kSpellings[] = {
    {"NISTP", "", "NIST"},
    {"NIST", "", "NIST"},
    {"SECP", "R1", "NIST"},
    {"PRIME", "V1", "NIST"},
    {"P", "", "NIST"},
    {"ECCNISTP", "", "NIST"},
    {"ECNIST", "", "NIST"},
    {"ECCNIST", "", "NIST"},
    {"BRAINPOOLP", "R1", "BRAINPOOL"},
    {"BRAINPOOLP", "", "BRAINPOOL"},
    {"BRAINPOOL", "R1", "BRAINPOOL"},
    {"BRAINPOOL", "", "BRAINPOOL"},
    {"BP", "R1", "BRAINPOOL"},
    {"BP", "", "BRAINPOOL"},
    {"RSA", "", "RSA"},
    {"SYM", "", "SYM"},
    {"AES", "", "SYM"},
    {"SYMMETRIC", "", "SYM"},
};
constexpr std::string_view kAnyCurve[] = {"EC", "ECC", "ECDSA"};

std::string letters_and_digits(std::string_view word) {
  std::string kept;
  for (const char c : word)
    if (const auto code = static_cast<unsigned char>(c); std::isalnum(code) != 0)
      kept += static_cast<char>(std::toupper(code));
  return kept;
}

bool is_size(std::string_view text, unsigned& bits) {
  if (text.empty()) return true;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, bits);
  return failed == std::errc{} && stop == end;
}

}  // namespace

KeyTypeWord key_type_of(std::string_view word) {
  const std::string plain = letters_and_digits(word);
  for (const auto& spelling : kSpellings) {
    std::string_view rest = plain;
    if (!rest.starts_with(spelling.start)) continue;
    rest.remove_prefix(spelling.start.size());
    if (!rest.ends_with(spelling.end)) continue;
    rest.remove_suffix(spelling.end.size());
    unsigned bits = 0;
    const bool needs_size = spelling.start == "P" || spelling.start == "SECP" || spelling.start == "PRIME";
    if (is_size(rest, bits) && !(needs_size && bits == 0)) return {std::string(spelling.type), bits};
  }
  for (const auto any : kAnyCurve) {
    unsigned bits = 0;
    if (plain.starts_with(any) && is_size(std::string_view(plain).substr(any.size()), bits))
      return {"EC", bits};
  }
  return {std::string(word), 0};
}

bool is_any_curve(std::string_view type) { return type == "EC"; }

}  // namespace sesam::n200
