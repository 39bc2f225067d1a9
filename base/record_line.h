// SPDX-License-Identifier: Apache-2.0
// A line of named fields for programs that read logs: "name=value name=value", or a JSON object.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sesam {

enum class LineFormat : std::uint8_t { text, json };

/// The current time, UTC: "2026-11-29T18:18:18.123Z".
std::string timestamp();

/// Appends `code` as a JSON escape, or as two (a surrogate pair) above U+FFFF (RFC 8259, section 7).
void append_json_escape(std::string& text, char32_t code);
/// Appends `text` as a JSON string, in quotes. Characters that are not printable
/// (base/printable.h) are escaped; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& line, std::string_view text);

/// Builds a line of fields, in the order in which they are added. In text format, a value that
/// consists of letters, digits and plain punctuation is written as is, any other as a JSON string.
class RecordLine {
 public:
  explicit RecordLine(LineFormat format);

  RecordLine& add(std::string_view name, std::string_view value);
  RecordLine& add(std::string_view name, std::uint64_t value);
  /// Writes milliseconds with three decimals; a negative time is written as 0.
  RecordLine& add(std::string_view name, std::chrono::microseconds time);
  /// Returns the line, with its line break.
  std::string end() &&;

 private:
  void begin_field(std::string_view name);

  const LineFormat format_;
  std::string line_;
};

}  // namespace sesam
