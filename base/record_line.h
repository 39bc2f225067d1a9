// SPDX-License-Identifier: Apache-2.0
// A line of named fields for programs that read logs: "name=value name=value", or a JSON object.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sesam {

enum class LineFormat : std::uint8_t { text, json };

/// The time now, UTC: "2026-11-29T18:18:18.123Z".
std::string timestamp();

/// Appends `code` as a JSON escape, beyond 16 bits as two (RFC 8259, section 7).
void append_json_escape(std::string& text, char32_t code);
/// Appends `text` as a JSON string, in quotes. Characters that are not printable (base/printable.h) become
/// escapes, bytes that are not UTF-8 U+FFFD.
void append_json_string(std::string& line, std::string_view text);

/// Fields in the order in which they are added. A value in text is as it is if it consists of letters, digits
/// and plain punctuation; else it is a JSON string.
class RecordLine {
 public:
  explicit RecordLine(LineFormat format);

  RecordLine& add(std::string_view name, std::string_view value);
  RecordLine& add(std::string_view name, std::uint64_t value);
  /// In milliseconds with three decimals.
  RecordLine& add(std::string_view name, std::chrono::microseconds time);
  /// The line, with its line break.
  std::string end() &&;

 private:
  void begin_field(std::string_view name);

  const LineFormat format_;
  std::string line_;
};

}  // namespace sesam
