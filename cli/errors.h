// SPDX-License-Identifier: Apache-2.0
// Errors and warnings on stderr: text, or with --json one JSON object on each line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesam::cli {

enum class ErrorForm { text, json };
/// Set by main(). Default: ErrorForm::text.
void set_error_form(ErrorForm form) noexcept;
ErrorForm error_form() noexcept;

/// "<what>: <detail>; <advice>", as the provider puts an error on OpenSSL's error stack. The advice is
/// advice_in_command(), which refers to this command's own subcommands.
std::string text_of(const Error& error);

/// Prints "sesam: " and the error, the suggestion `meant` unless it is empty, and the changes that were made
/// before the error.
void print_error(const Error& error, std::string_view meant = {},
                 const std::vector<std::string>& changes = {});
/// The same for a problem of the command itself; `reason` identifies it in JSON.
void print_error(std::string_view reason, std::string_view problem, std::string_view meant = {},
                 const std::vector<std::string>& changes = {});
/// Prints the changes without an error.
void print_changes(const std::vector<std::string>& changes);
/// Prints "sesam: warning: " and the text.
void print_warning(std::string_view text);

}  // namespace sesam::cli
