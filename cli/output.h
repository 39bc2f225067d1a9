// SPDX-License-Identifier: Apache-2.0
// What the command prints on stdout: tables, marks and JSON. Errors are in errors.h.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/errors.h"

namespace sesam::cli {

using Json = nlohmann::ordered_json;

/// Whether stdout takes more than ASCII, by the locale; main() has set that.
bool speaks_utf8() noexcept;

enum class Mark { good, warning, bad, skipped };
/// "✓", "!", "✗", "-"; in ASCII "ok", "WARNING", "FAILED", "-".
std::string_view text_of(Mark mark) noexcept;
/// The same in its colour, where stdout takes colours.
std::string coloured(Mark mark);
/// For JSON: "good", "warning", "bad", "skipped".
const char* word_of(Mark mark) noexcept;

/// `text` for a terminal: what could steer it, as control characters in a key's name, becomes an escape
/// (base/printable.h); so does all beyond ASCII where the locale has no more.
std::string printable(std::string_view text);

using VisitRow = std::function<void(const std::vector<std::string>&)>;
using VisitRows = std::function<void(const VisitRow&)>;
/// Prints rows below a head, each column as wide as its widest cell. Cells are made printable, and an empty
/// one is shown as "-". `rows` is called twice, so that a long table is never in memory. On a terminal the
/// first column is cut where a row would be wider than that.
void print_table(const std::vector<std::string>& head, const VisitRows& rows);

/// Prints "label: value" lines, the values below each other; pairs without a value are left out.
void print_pairs(const std::vector<std::pair<std::string, std::string>>& pairs);

/// JSON, indented; characters that are not printable are escapes, as JSON has them ("\\u202e").
std::string text_of(const Json& json);

/// The same on one line.
std::string line_of(const Json& json);

/// Prints JSON with a line break.
void print_json(const Json& json);

}  // namespace sesam::cli
