// SPDX-License-Identifier: Apache-2.0
// Suggests the key that a misspelt name was probably meant to be.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/session.h"

namespace sesam::cli {

/// The names of all keys, listed within two seconds; none if that fails. Writes no log.
std::vector<std::string> quick_key_names(const Session& session);

/// For a subcommand whose KEY is unknown: the name of a key with a similar name. Empty for a URI, and if
/// there is no such key.
std::string suggested_key(const CLI::App& command, const Session& session);

}  // namespace sesam::cli
