// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: the contents of the files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/setup.h"
#include "cli/setup_files.h"

namespace sesam::cli::setup {

/// Whether to write a drop-in for named: if requested, or by default if BIND is installed.
bool wants_named(const Arguments& arguments);

/// All files, in the order of writing: no file refers to a later one. Raises bad_argument, and
/// bad_configuration if the system's openssl.cnf cannot be extended.
Result<std::vector<NewFile>> files_for(const Plan& plan, const Arguments& arguments);

/// The command that writes these files again, and signs with that key.
std::string same_again(const Arguments& arguments, const std::string& key);

/// The next steps, as commands to paste.
std::string next_steps(const Plan& plan, const Arguments& arguments, const std::string& key);

}  // namespace sesam::cli::setup
