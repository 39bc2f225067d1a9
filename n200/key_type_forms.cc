// SPDX-License-Identifier: Apache-2.0
#include "n200/key_type_forms.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <iterator>

namespace sesam::n200 {
namespace {

constexpr std::string_view kFamilies[] = {"NIST", "BRAINPOOL", "RSA", "SYM"};  // in the order of KeyFamily

// How a word begins and ends, in upper case and reduced to letters and digits. The size in bits may come
// between them.
struct Spelling {
  std::string_view start, end;
  KeyFamily family;
};
constexpr Spelling kSpellings[] = {
    {"NISTP", "", KeyFamily::nist},
    {"NIST", "", KeyFamily::nist},
    {"SECP", "R1", KeyFamily::nist},
    {"PRIME", "V1", KeyFamily::nist},
    {"P", "", KeyFamily::nist},
    {"ECCNISTP", "", KeyFamily::nist},
    {"ECNIST", "", KeyFamily::nist},
    {"ECCNIST", "", KeyFamily::nist},
    {"BRAINPOOLP", "R1", KeyFamily::brainpool},
    {"BRAINPOOLP", "", KeyFamily::brainpool},
    {"BRAINPOOL", "R1", KeyFamily::brainpool},
    {"BRAINPOOL", "", KeyFamily::brainpool},
    {"BP", "R1", KeyFamily::brainpool},
    {"BP", "", KeyFamily::brainpool},
    {"RSA", "", KeyFamily::rsa},
    {"SYM", "", KeyFamily::symmetric},
    {"AES", "", KeyFamily::symmetric},
    {"SYMMETRIC", "", KeyFamily::symmetric},
};
constexpr std::string_view kAnyFamily = "EC";
constexpr std::string_view kAnyCurve[] = {kAnyFamily, "ECC", "ECDSA"};

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

std::string_view word_of(KeyFamily family) noexcept { return kFamilies[static_cast<std::size_t>(family)]; }

std::optional<KeyFamily> family_of(std::string_view word) noexcept {
  const auto* const found = std::ranges::find(kFamilies, word);
  if (found == std::end(kFamilies)) return std::nullopt;
  return static_cast<KeyFamily>(found - std::begin(kFamilies));
}

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
    if (is_size(rest, bits) && !(needs_size && bits == 0))
      return {std::string(word_of(spelling.family)), bits};
  }
  for (const auto any : kAnyCurve) {
    unsigned bits = 0;
    if (plain.starts_with(any) && is_size(std::string_view(plain).substr(any.size()), bits))
      return {std::string(kAnyFamily), bits};
  }
  return {std::string(word), 0};
}

bool is_any_curve(std::string_view type) { return type == kAnyFamily; }

}  // namespace sesam::n200
