// SPDX-License-Identifier: Apache-2.0
#include "cli/written_hint.h"

#include <algorithm>

#include "config/include_files.h"

namespace sesam::cli {
namespace {

enum class Change { none, comment, attached_comment, other };

// As libcrypto reads a line (config(5)).
Change change_of(std::string_view text) {
  bool changes = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '#') {
      const bool is_attached = at == 0 || (text[at - 1] != ' ' && text[at - 1] != '\t');
      return is_attached ? Change::attached_comment : Change::comment;
    }
    if (c == '\\') {
      // "\#" and the like are the way to write such a character.
      constexpr std::string_view kEscaped = "#\\\"'`$";
      changes = changes || at + 1 == text.size() || kEscaped.find(text[at + 1]) == kEscaped.npos;
      ++at;
    } else if (c == '"' || c == '\'' || c == '`') {
      changes = true;
      at = std::min(text.find(c, at + 1), text.size());
    } else if (c == '$') {
      changes = true;
    }
  }
  return changes ? Change::other : Change::none;
}

}  // namespace

WrittenHint hint_about_written_value(const std::string& cnf, std::string_view setting, bool surely_unwanted) {
  for (const auto& written : config::written_values(cnf, setting)) {
    const Change change = change_of(written.text.reveal());
    if (change == Change::none || (surely_unwanted && change != Change::attached_comment)) continue;
    const std::string start = written.file + ", line " + std::to_string(written.line) + ": the value of '" +
                              std::string(setting) + "' ";
    if (change == Change::other)
      return {start + "has a \\, a quote or a $, which OpenSSL interprets",
              "put a \\ before such a character"};
    return {start + "ends at the '#', which begins a comment", "write \\# instead of #"};
  }
  return {};
}

}  // namespace sesam::cli
