// SPDX-License-Identifier: Apache-2.0
// The values that an option accepts, where these are a few words.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace sesam::cli {

/// Those that --help lists in braces; empty for an option that accepts others.
std::vector<std::string> listed_values(const CLI::Option& option);

/// Accepts a curve of the device by any of OpenSSL's names, in any case; `curve` gets a name that
/// n200::curve_named() knows.
CLI::Option* add_curve_option(CLI::App& command, std::string& curve, const std::string& description);

/// For check(): accepts "file:PATH", "env:NAME" and these words, such as "ask:". The refusal does not repeat
/// the value, which may be the secret itself.
CLI::Validator secret_source(std::vector<std::string> words);

}  // namespace sesam::cli
