// SPDX-License-Identifier: Apache-2.0
#include "base/record_line.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

#include "base/printable.h"

namespace sesam {
namespace {

constexpr std::size_t kUsualBytes = 400;  // longer lines need a second allocation

bool is_plain(std::string_view value) noexcept {
  return !value.empty() && std::ranges::all_of(value, [](unsigned char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
}

// The length of the prefix that needs no escapes, usually the whole text.
std::size_t ascii_without_escapes(std::string_view text) noexcept {
  const auto end = std::ranges::find_if_not(
      text, [](unsigned char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; });
  return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

// Avoids gmtime_r(3), as a forked child may inherit its lock in the locked state.
std::string timestamp() {
  using namespace std::chrono;
  const auto now = floor<milliseconds>(system_clock::now());
  const auto today = floor<days>(now);
  const year_month_day date(today);
  const hh_mm_ss time(now - today);
  char text[64];
  const int length = snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()}, unsigned{date.month()},
      unsigned{date.day()}, static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {text, static_cast<std::size_t>(length)};
}

void append_json_escape(std::string& text, char32_t code) {
  const auto append = [&](unsigned unit) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", unit & 0xFFFFU);
    text += escape;
  };
  if (code <= 0xFFFF) return append(code);
  append(0xD800U + ((code - 0x10000U) >> 10));
  append(0xDC00U + ((code - 0x10000U) & 0x3FFU));
}

void append_json_string(std::string& line, std::string_view text) {
  constexpr char32_t kReplacement = 0xFFFD;
  line += '"';
  while (true) {
    const auto plain = ascii_without_escapes(text);
    line.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Character character = first_character(text);
    if (character.code == '"' || character.code == '\\')
      line.append(1, '\\').append(1, static_cast<char>(character.code));
    else if (character.is_utf8 && character.is_printable)
      line.append(text.substr(0, character.bytes));
    else
      append_json_escape(line, character.is_utf8 ? character.code : kReplacement);
    text.remove_prefix(character.bytes);
  }
  line += '"';
}

RecordLine::RecordLine(LineFormat format) : format_(format) {
  line_.reserve(kUsualBytes);
  if (format_ == LineFormat::json) line_ += '{';
}

void RecordLine::begin_field(std::string_view name) {
  if (line_.size() > 1) line_ += format_ == LineFormat::json ? "," : " ";
  if (format_ == LineFormat::json)
    line_.append("\"").append(name).append("\":");
  else
    line_.append(name).append("=");
}

RecordLine& RecordLine::add(std::string_view name, std::string_view value) {
  begin_field(name);
  if (format_ == LineFormat::text && is_plain(value))
    line_ += value;
  else
    append_json_string(line_, value);
  return *this;
}

RecordLine& RecordLine::add(std::string_view name, std::uint64_t value) {
  begin_field(name);
  line_ += std::to_string(value);
  return *this;
}

RecordLine& RecordLine::add(std::string_view name, std::chrono::microseconds time) {
  begin_field(name);
  char digits[32];
  const auto us = std::max<std::int64_t>(time.count(), 0);
  snprintf(digits, sizeof digits, "%lld.%03lld", static_cast<long long>(us / 1000),
           static_cast<long long>(us % 1000));
  line_ += digits;
  return *this;
}

std::string RecordLine::end() && {
  line_ += format_ == LineFormat::json ? "}\n" : "\n";
  return std::move(line_);
}

}  // namespace sesam
