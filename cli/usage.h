// SPDX-License-Identifier: Apache-2.0
// What the command says about a command line that is not valid.
#pragma once

#include <CLI/CLI.hpp>

namespace sesam::cli {

/// Prints help or version if that is what was asked for; otherwise the problem on stderr, without the value
/// of an option, which may be a PIN. Whether it was a problem.
bool report_usage(const CLI::App& app, const CLI::ParseError& error);

/// The subcommand that was chosen; `app` itself without one.
const CLI::App& chosen_command(const CLI::App& app);

}  // namespace sesam::cli
