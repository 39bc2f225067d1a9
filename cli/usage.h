// SPDX-License-Identifier: Apache-2.0
// The command line: parsed, and what the command says about one that is not valid.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sesam::cli {

/// Parses the words after the command's name. An empty value, as of a variable that a script forgot to set,
/// is an error, not an absent option. Raises CLI::ParseError.
void parse(CLI::App& app, const std::vector<std::string>& words);

/// Prints help or version if that is what was asked for; otherwise the problem on stderr, without the value
/// of an option, which may be a PIN. Whether it was a problem.
bool report_usage(const CLI::App& app, const CLI::ParseError& error);

/// The subcommand that was chosen; `app` itself without one.
const CLI::App& chosen_command(const CLI::App& app);

}  // namespace sesam::cli
