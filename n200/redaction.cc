// SPDX-License-Identifier: Apache-2.0
#include "n200/redaction.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ascii_case.h"

namespace sesam::n200 {
namespace {

constexpr std::string_view kRedacted = "<secret>";
constexpr unsigned kMaxLevels = 3;            // of nested encodings
constexpr std::size_t kMinBytesInside = 4;    // of a secret, within digits or base64
constexpr std::size_t kEnoughOfASecret = 16;  // bytes, of a long secret that is quoted in part

// A decoded byte, and the position in the text where it is written.
struct Unit {
  char byte;
  std::uint32_t begin, end;
};
using Units = std::vector<Unit>;

std::optional<unsigned> digit_of(char c, unsigned base) noexcept {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(&c, &c + 1, value, static_cast<int>(base));
  return failed == std::errc{} && end == &c + 1 ? std::optional(value) : std::nullopt;
}

// The number in `count` digits from `at`.
std::optional<char32_t> number_at(const Units& units, std::size_t at, std::size_t count, unsigned base) {
  if (at + count > units.size()) return std::nullopt;
  char32_t number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const auto digit = digit_of(units[i].byte, base);
    if (!digit) return std::nullopt;
    number = number * base + *digit;
  }
  return number;
}

bool has_at(const Units& units, std::size_t at, std::string_view text) {
  return at + text.size() <= units.size() &&
         std::equal(text.begin(), text.end(), units.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char wanted, const Unit& unit) { return wanted == ascii_lower(unit.byte); });
}

// An escape: its length in units, and the byte or character that it encodes.
struct Escape {
  std::size_t length;
  char32_t code;
  bool is_byte;
};

std::optional<Escape> percent_escape(const Units& units, std::size_t at) {
  const auto byte = number_at(units, at + 1, 2, 16);
  return byte ? std::optional<Escape>({3, *byte, true}) : std::nullopt;
}

std::optional<Escape> utf16_escape(const Units& units, std::size_t at) {
  constexpr char32_t kHigh = 0xD800, kLow = 0xDC00, kEnd = 0xE000;
  const auto first = number_at(units, at + 2, 4, 16);
  if (!first) return std::nullopt;
  const auto second = has_at(units, at + 6, "\\u") ? number_at(units, at + 8, 4, 16) : std::nullopt;
  if (*first >= kHigh && *first < kLow && second && *second >= kLow && *second < kEnd)
    return Escape{12, 0x10000 + ((*first - kHigh) << 10) + (*second - kLow), false};
  return Escape{6, *first, false};
}

std::optional<Escape> backslash_escape(const Units& units, std::size_t at) {
  constexpr std::string_view kLetters = "bfnrt", kMeant = "\b\f\n\r\t";
  if (at + 1 >= units.size()) return std::nullopt;
  const char next = units[at + 1].byte;
  if (next == 'u') return utf16_escape(units, at);
  if (const auto byte = next == 'x' ? number_at(units, at + 2, 2, 16) : std::nullopt)
    return Escape{4, *byte, true};
  if (const auto byte = number_at(units, at + 1, 3, 8)) return Escape{4, *byte & 0xFF, true};
  if (const auto letter = kLetters.find(next); letter != kLetters.npos)
    return Escape{2, static_cast<unsigned char>(kMeant[letter]), true};
  if (std::isalnum(static_cast<unsigned char>(next)) != 0) return std::nullopt;
  return Escape{2, static_cast<unsigned char>(next), true};
}

std::optional<Escape> html_escape(const Units& units, std::size_t at) {
  constexpr std::pair<std::string_view, char> kNames[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
                                                          {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}};
  for (const auto& [name, meant] : kNames)
    if (has_at(units, at, name)) return Escape{name.size(), static_cast<unsigned char>(meant), true};
  if (!has_at(units, at, "&#")) return std::nullopt;
  const bool is_hex = has_at(units, at, "&#x");
  const std::size_t begin = at + (is_hex ? 3 : 2);
  for (std::size_t count = 1; count <= 7; ++count)
    if (has_at(units, begin + count, ";"))
      if (const auto code = number_at(units, begin, count, is_hex ? 16 : 10))
        return Escape{begin - at + count + 1, *code, false};
  return std::nullopt;
}

std::optional<Escape> escape_at(const Units& units, std::size_t at) {
  switch (units[at].byte) {
    case '%':
      return percent_escape(units, at);
    case '\\':
      return backslash_escape(units, at);
    case '&':
      return html_escape(units, at);
    default:
      return std::nullopt;
  }
}

// Appends a character as UTF-8.
void append(Units& units, char32_t code, std::uint32_t begin, std::uint32_t end) {
  const auto add = [&](char32_t byte) { units.push_back({static_cast<char>(byte), begin, end}); };
  if (code < 0x80) return add(code);
  if (code >= 0x10000) {
    add(0xF0 | (code >> 18 & 0x07));
    add(0x80 | (code >> 12 & 0x3F));
  } else if (code >= 0x800) {
    add(0xE0 | code >> 12);
  } else {
    return add(0xC0 | code >> 6), add(0x80 | (code & 0x3F));
  }
  add(0x80 | (code >> 6 & 0x3F));
  add(0x80 | (code & 0x3F));
}

// Decodes one level of escapes; nullopt if there is none.
std::optional<Units> unescaped(const Units& units) {
  Units plain;
  bool has_escapes = false;
  for (std::size_t at = 0; at < units.size();) {
    const auto escape = escape_at(units, at);
    if (!escape) {
      plain.push_back(units[at++]);
      continue;
    }
    has_escapes = true;
    const std::uint32_t begin = units[at].begin, end = units[at + escape->length - 1].end;
    if (escape->is_byte)
      plain.push_back({static_cast<char>(escape->code), begin, end});
    else
      append(plain, escape->code, begin, end);
    at += escape->length;
  }
  return has_escapes ? std::optional(std::move(plain)) : std::nullopt;
}

std::optional<unsigned> base64_value(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return std::nullopt;
}

std::optional<unsigned> hex_value(char c) noexcept { return digit_of(c, 16); }

// Decodes the digits from `offset`, each of `bits` bits, to bytes.
Units bytes_of(const Units& digits, std::size_t offset, unsigned bits) {
  const auto value = bits == 4 ? &hex_value : &base64_value;
  Units bytes;
  std::uint32_t buffer = 0, begin = 0;
  unsigned filled = 0;
  for (std::size_t i = offset; i < digits.size(); ++i) {
    if (filled == 0) begin = digits[i].begin;
    buffer = buffer << bits | value(digits[i].byte).value_or(0);
    filled += bits;
    if (filled < 8) continue;
    filled -= 8;
    bytes.push_back({static_cast<char>(buffer >> filled), begin, digits[i].end});
    begin = digits[i].begin;  // its last bits belong to the next byte
  }
  return bytes;
}

class Search {
 public:
  Search(std::string_view text, std::span<const std::string_view> secrets)
      : text_(text), found_(text.size(), false) {
    for (const auto secret : secrets)
      if (!secret.empty())
        by_first_byte_[static_cast<unsigned char>(ascii_lower(secret.front()))].push_back(secret);
  }

  std::string redacted(std::size_t max_bytes) {
    Units units;
    units.reserve(text_.size());
    for (std::uint32_t i = 0; i < text_.size(); ++i) units.push_back({text_[i], i, i + 1});
    look_at_all_levels(std::move(units), false);
    std::string clean;
    for (std::size_t i = 0; i < std::min(text_.size(), max_bytes); ++i) {
      if (!found_[i])
        clean += text_[i];
      else if (i == 0 || !found_[i - 1])
        clean += kRedacted;
    }
    return clean;
  }

 private:
  void look_at_all_levels(Units units, bool is_inside) {
    for (unsigned level = 0;; ++level) {
      look_at(units, is_inside);
      if (!is_inside) {
        look_into_digits(units, 4, " :-.,\r\n\t");
        look_into_digits(units, 6, "\r\n");
      }
      auto next = level < kMaxLevels ? unescaped(units) : std::nullopt;
      if (!next) return;
      units = std::move(*next);
    }
  }

  void look_at(const Units& units, bool is_inside) {
    for (std::size_t at = 0; at < units.size(); ++at) {
      look_for(units, at, ascii_lower(units[at].byte), is_inside);
      if (units[at].byte == '+') look_for(units, at, ' ', is_inside);
    }
  }

  // Looks for the secrets that begin with this byte.
  void look_for(const Units& units, std::size_t at, char first, bool is_inside) {
    for (const auto secret : by_first_byte_[static_cast<unsigned char>(first)]) {
      if (is_inside && secret.size() < kMinBytesInside && secret.size() != units.size()) continue;
      const std::size_t length = length_at(units, at, secret);
      if (length < std::min(secret.size(), kEnoughOfASecret)) continue;
      std::fill(found_.begin() + units[at].begin, found_.begin() + units[at + length - 1].end, true);
    }
  }

  // How many bytes of the secret match at `at`.
  static std::size_t length_at(const Units& units, std::size_t at, std::string_view secret) {
    std::size_t length = 0;
    while (length < secret.size() && at + length < units.size()) {
      const char byte = units[at + length].byte;
      const bool is_blank = byte == '+' && secret[length] == ' ';
      if (!is_blank && ascii_lower(byte) != ascii_lower(secret[length])) break;
      ++length;
    }
    return length;
  }

  // Decodes each run of digits from each offset at which a byte may begin.
  void look_into_digits(const Units& units, unsigned bits, std::string_view separators) {
    const auto value = bits == 4 ? &hex_value : &base64_value;
    const std::size_t digits_of_a_round = bits == 4 ? 2 : 4;
    Units run;
    for (std::size_t at = 0; at <= units.size(); ++at) {
      if (at < units.size() && value(units[at].byte)) {
        run.push_back(units[at]);
        continue;
      }
      if (at < units.size() && !run.empty() && separators.find(units[at].byte) != separators.npos) continue;
      for (std::size_t offset = 0; offset < digits_of_a_round && offset + 1 < run.size(); ++offset)
        look_at_all_levels(bytes_of(run, offset, bits), true);
      run.clear();
    }
  }

  std::string_view text_;
  std::array<std::vector<std::string_view>, 256> by_first_byte_;
  std::vector<bool> found_;
};

}  // namespace

std::string redact(std::string_view text, std::span<const std::string_view> secrets, std::size_t max_bytes) {
  constexpr std::size_t kMaxBytesOfASecret = 512;  // written as escapes: enough to recognise the secret
  if (max_bytes < text.size())
    text = text.substr(0, max_bytes + std::min(kMaxBytesOfASecret, text.size() - max_bytes));
  return Search(text, secrets).redacted(max_bytes);
}

}  // namespace sesam::n200
