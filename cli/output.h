// SPDX-License-Identifier: Apache-2.0
// What the command prints: tables, marks and JSON on stdout, errors on stderr.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesam::cli {

using Json = nlohmann::ordered_json;

/// Whether stdout takes more than ASCII, by the locale; main() has set that.
bool speaks_utf8() noexcept;

enum class Mark { good, warning, bad, skipped };
/// "✓", "!", "✗", "-"; in ASCII "ok", "WARNING", "FAILED", "-".
std::string_view text_of(Mark mark) noexcept;

/// `text` for a terminal: what could steer it, as control characters in a key's name, becomes an escape
/// (base/printable.h); so does all beyond ASCII where the locale has no more.
std::string printable(std::string_view text);

using VisitRow = std::function<void(const std::vector<std::string>&)>;
using VisitRows = std::function<void(const VisitRow&)>;
/// Prints rows below a head, each column as wide as its widest cell. Cells are made printable. `rows` is
/// called twice, so that nobody has to keep the rows of a long table.
void print_table(const std::vector<std::string>& head, const VisitRows& rows);

/// Prints "label: value" lines, the values below each other; pairs without a value are left out.
void print_pairs(const std::vector<std::pair<std::string, std::string>>& pairs);

/// JSON, indented; characters that are not printable are escapes, as JSON has them ("\\u202e").
std::string text_of(const Json& json);

/// Prints JSON with a line break.
void print_json(const Json& json);

/// "<what>: <detail>; <advice>", as the provider puts an error on OpenSSL's error stack.
std::string text_of(const Error& error);

/// Prints "sesam: " and the error on stderr: the one way in which the command tells of a failure.
void print_error(const Error& error);

}  // namespace sesam::cli
