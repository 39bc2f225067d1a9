// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <limits>
#include <numeric>

#include "base/printable.h"
#include "base/record_line.h"
#include "cli/colour.h"

namespace sesam::cli {
namespace {

// The number of UTF-8 characters: of bytes that are not continuation bytes.
std::size_t width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

constexpr std::size_t kGap = 2;  // between columns
constexpr std::size_t kMinCut = 12;

// Shortens a text to that many columns, and marks it as shortened.
std::string cut(const std::string& text, std::size_t columns) {
  if (width(text) <= columns) return text;
  const std::string_view mark = speaks_utf8() ? "…" : "...";
  std::size_t end = 0, shown = 0;
  const std::size_t wanted = columns - width(mark);
  for (; end < text.size(); ++end)
    if ((text[end] & 0xC0) != 0x80 && ++shown > wanted) break;
  return text.substr(0, end) + std::string(mark);
}

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - width(text), ' ');
}

std::string row_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string row;
  for (std::size_t i = 0; i < cells.size(); ++i)
    row += i + 1 < cells.size() ? padded(cut(cells[i], widths[i]), widths[i] + kGap) : cells[i];
  return row;
}

// The columns of the terminal on stdout, or no limit.
std::size_t columns_of_terminal() noexcept {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1) return std::numeric_limits<std::size_t>::max();
  constexpr std::size_t kUsual = 80;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

void narrow_first(std::vector<std::size_t>& widths) {
  const std::size_t limit = columns_of_terminal();
  const std::size_t whole =
      std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + kGap * (widths.size() - 1);
  if (whole <= limit) return;
  const std::size_t excess = whole - limit;
  widths[0] = std::max(widths[0] > excess ? widths[0] - excess : 0, std::min(kMinCut, widths[0]));
}

std::string cell(const std::string& text) { return text.empty() ? "-" : printable(text); }

// JSON is ASCII outside strings. dump() escapes C0 characters and replaces invalid UTF-8.
std::string dumped(const Json& json, int indent) {
  const std::string dump = json.dump(indent, ' ', false, Json::error_handler_t::replace);
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

}  // namespace

bool speaks_utf8() noexcept { return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

std::string_view text_of(Mark mark) noexcept {
  if (mark == Mark::skipped) return "-";
  if (mark == Mark::warning) return speaks_utf8() ? "!" : "WARNING";
  if (speaks_utf8()) return mark == Mark::good ? "✓" : "✗";
  return mark == Mark::good ? "ok" : "FAILED";
}

std::string coloured(Mark mark) {
  if (mark == Mark::skipped) return std::string(text_of(mark));
  if (mark == Mark::warning) return styled(text_of(mark), Style::warning, Stream::out);
  return styled(text_of(mark), mark == Mark::good ? Style::good : Style::bad, Stream::out);
}

const char* word_of(Mark mark) noexcept {
  constexpr const char* kWords[] = {"good", "warning", "bad", "skipped"};
  static_assert(std::size(kWords) == static_cast<std::size_t>(Mark::skipped) + 1, "a word for each mark");
  return kWords[static_cast<std::size_t>(mark)];
}

std::string printable(std::string_view text) { return sesam::printable(text, !speaks_utf8()); }

void print_table(const std::vector<std::string>& head, const VisitRows& rows) {
  std::vector<std::size_t> widths(head.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width(cell(cells[i])));
  };
  measure(head);
  rows(measure);
  narrow_first(widths);
  std::cout << styled(row_of(head, widths), Style::heading, Stream::out) << '\n';
  rows([&](const std::vector<std::string>& cells) {
    std::vector<std::string> shown;
    for (const auto& text : cells) shown.push_back(cell(text));
    std::cout << row_of(shown, widths) << '\n';
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

std::string text_of(const Json& json) { return dumped(json, 2); }

std::string line_of(const Json& json) { return dumped(json, -1); }

void print_json(const Json& json) { std::cout << text_of(json) << '\n'; }

}  // namespace sesam::cli
