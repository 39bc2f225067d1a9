// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <langinfo.h>

#include <algorithm>
#include <cstring>
#include <iostream>

#include "base/printable.h"
#include "base/record_line.h"
#include "cli/advice.h"

namespace sesam::cli {
namespace {

// Characters, of UTF-8: bytes that continue none.
std::size_t width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

void print_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::cout << cells[i];
    if (i + 1 < cells.size()) std::cout << std::string(widths[i] - width(cells[i]) + 2, ' ');
  }
  std::cout << '\n';
}

}  // namespace

bool speaks_utf8() noexcept { return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

std::string_view text_of(Mark mark) noexcept {
  if (mark == Mark::skipped) return "-";
  if (mark == Mark::warning) return speaks_utf8() ? "!" : "WARNING";
  if (speaks_utf8()) return mark == Mark::good ? "✓" : "✗";
  return mark == Mark::good ? "ok" : "FAILED";
}

std::string printable(std::string_view text) { return sesam::printable(text, !speaks_utf8()); }

void print_table(const std::vector<std::string>& head, const VisitRows& rows) {
  std::vector<std::size_t> widths(head.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], width(printable(cells[i])));
  };
  measure(head);
  rows(measure);
  print_row(head, widths);
  rows([&](const std::vector<std::string>& cells) {
    std::vector<std::string> shown;
    for (const auto& cell : cells) shown.push_back(printable(cell));
    print_row(shown, widths);
  });
}

void print_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::size_t widest = 0;
  for (const auto& [label, value] : pairs)
    if (!value.empty()) widest = std::max(widest, label.size());
  for (const auto& [label, value] : pairs)
    if (!value.empty())
      std::cout << label << ':' << std::string(widest - label.size() + 1, ' ') << printable(value) << '\n';
}

// Outside of strings there is ASCII only. C0 is escaped and UTF-8 is made sure of by dump().
std::string text_of(const Json& json) {
  const std::string dump = json.dump(2, ' ', false, Json::error_handler_t::replace);
  std::string text;
  text.reserve(dump.size());
  for (std::string_view rest = dump; !rest.empty();) {
    const Character character = first_character(rest);
    if (character.is_printable || character.code == '\n')
      text += rest.substr(0, character.bytes);
    else
      append_json_escape(text, character.code);
    rest.remove_prefix(character.bytes);
  }
  return text;
}

void print_json(const Json& json) { std::cout << text_of(json) << '\n'; }

std::string text_of(const Error& error) {
  std::string text = sesam::text_of(error.reason);
  if (!error.detail.empty()) text += ": " + error.detail;
  if (const std::string advice = advice_in_command(error.reason); !advice.empty()) text += "; " + advice;
  return text;
}

void print_error(const Error& error) { std::cerr << "sesam: " << printable(text_of(error)) << '\n'; }

}  // namespace sesam::cli
