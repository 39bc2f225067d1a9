// SPDX-License-Identifier: Apache-2.0
// The words that may follow on a command line, for the completions of bash, zsh and fish (packaging/).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/session.h"

namespace sesam::cli {

/// The first argument that asks for completions instead of a subcommand.
inline constexpr char kComplete[] = "__complete";

/// Prints a line for each word that may take the place of the last of `words`: the word, and where there is
/// one a tab and a description. ":file" and ":directory" stand for the names of files and directories. Asks
/// the device for the names of its keys, within two seconds.
void print_completions(const CLI::App& app, Session session, const std::vector<std::string>& words);

}  // namespace sesam::cli
