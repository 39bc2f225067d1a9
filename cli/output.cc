// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <langinfo.h>

#include <algorithm>
#include <cstring>
#include <iostream>

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
  if (speaks_utf8()) return mark == Mark::good ? "✓" : "✗";
  return mark == Mark::good ? "ok" : "FAILED";
}

std::string printable(std::string_view text) {
  std::string clean;
  const bool utf8 = speaks_utf8();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are control characters too.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    const bool bad = byte < 0x20 || byte == 0x7f || c1 || (byte >= 0x80 && !utf8);
    clean += bad ? '?' : text[i];
    if (c1) ++i;
  }
  return clean;
}

void print_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> shown{head};
  for (const auto& row : rows) {
    auto& cells = shown.emplace_back();
    for (const auto& cell : row) cells.push_back(printable(cell));
  }
  std::vector<std::size_t> widths(head.size(), 0);
  for (const auto& row : shown)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  for (const auto& row : shown) print_row(row, widths);
}

void print_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::size_t widest = 0;
  for (const auto& [label, value] : pairs)
    if (!value.empty()) widest = std::max(widest, label.size());
  for (const auto& [label, value] : pairs)
    if (!value.empty())
      std::cout << label << ':' << std::string(widest - label.size() + 1, ' ') << printable(value) << '\n';
}

void print_json(const Json& json) {
  std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

std::string text_of(const Error& error) {
  std::string text = sesam::text_of(error.reason);
  if (!error.detail.empty()) text += ": " + error.detail;
  if (const std::string advice = advice_for(error.reason); !advice.empty()) text += "; " + advice;
  return text;
}

void print_error(const Error& error) { std::cerr << "sesam: " << printable(text_of(error)) << '\n'; }

}  // namespace sesam::cli
