// SPDX-License-Identifier: Apache-2.0
// Completes words of the command line, for the completion scripts of bash, zsh and fish (packaging/).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/session.h"

namespace sesam::cli {

/// The first argument that requests completions, in place of a subcommand.
inline constexpr char kComplete[] = "__complete";

/// Prints a line for each completion of the last of `words`: the word and, if it has one, a tab and its
/// description. ":file" and ":directory" stand for file and directory names. Queries the device for the names
/// of its keys, for at most two seconds.
void print_completions(const CLI::App& app, Session session, const std::vector<std::string>& words);

}  // namespace sesam::cli
