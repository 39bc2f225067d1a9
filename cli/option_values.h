// SPDX-License-Identifier: Apache-2.0
// Options that accept only certain values.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <vector>

namespace sesam::cli {

class Session;

/// The values that --help lists in braces; empty for an option without such a list.
std::vector<std::string> listed_values(const CLI::Option& option);

/// Adds --curve, which accepts any of OpenSSL's names for a curve of the device, in any case; `curve` gets a
/// name that n200::curve_named() knows.
CLI::Option* add_curve_option(CLI::App& command, std::string& curve, const std::string& description);

/// For check(), before CLI::Range: accepts decimal numbers only. CLI11 reads "010" as octal.
CLI::Validator decimal();

/// For check(): accepts "file:PATH", "env:NAME" and `words`, such as "ask:". The error message does not
/// repeat the value, which may be the secret itself.
CLI::Validator secret_source(std::vector<std::string> words);

/// For the callback of a subcommand: throws CLI::ValidationError if one of the options was given with --json,
/// whose output they could not change.
void refuse_with_json(const Session& session, const CLI::App& command,
                      std::initializer_list<const char*> options);

}  // namespace sesam::cli
