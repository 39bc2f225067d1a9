// SPDX-License-Identifier: Apache-2.0
// Parses the command line, and reports an invalid one.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sesam::cli {

/// Parses the words after the command's name. An empty value, for example from an unset variable of a script,
/// is an error. Throws CLI::ParseError.
void parse(CLI::App& app, const std::vector<std::string>& words);

/// Prints help or version if requested, and returns false. Otherwise reports the problem on stderr, without
/// the value of an option, which may be a PIN, and returns true.
bool report_usage(const CLI::App& app, const CLI::ParseError& error);

/// The subcommand that was chosen; `app` itself without one.
const CLI::App& chosen_command(const CLI::App& app);

}  // namespace sesam::cli
