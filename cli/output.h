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

/// Whether the encoding of the locale, which main() sets, is UTF-8.
bool speaks_utf8() noexcept;

enum class Mark { good, warning, bad, skipped };
/// "✓", "!", "✗", "-"; in ASCII "ok", "WARNING", "FAILED", "-".
std::string_view text_of(Mark mark) noexcept;
/// The same in its colour, if stdout takes colours.
std::string coloured(Mark mark);
/// For JSON: "good", "warning", "bad", "skipped".
const char* word_of(Mark mark) noexcept;

/// `text`, safe for a terminal: control characters, in a key's name for example, become escapes
/// (base/printable.h), and so do non-ASCII characters unless the locale uses UTF-8.
std::string printable(std::string_view text);

using VisitRow = std::function<void(const std::vector<std::string>&)>;
using VisitRows = std::function<void(const VisitRow&)>;
/// Prints rows below a header, each column as wide as its widest cell. Cells are made printable, and an empty
/// one is shown as "-". `rows` is called twice, so that a long table need not be in memory. On a terminal,
/// the first column is shortened if the rows do not fit.
void print_table(const std::vector<std::string>& head, const VisitRows& rows);

/// Prints "label: value" lines, with the values aligned; pairs without a value are left out.
void print_pairs(const std::vector<std::pair<std::string, std::string>>& pairs);

/// Indented JSON; unprintable characters become JSON escapes ("\\u202e").
std::string text_of(const Json& json);

/// The same on one line.
std::string line_of(const Json& json);

/// Prints indented JSON and a newline.
void print_json(const Json& json);

}  // namespace sesam::cli
