// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: what the files say.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/setup.h"
#include "cli/setup_files.h"

namespace sesam::cli::setup {

/// Whether a drop-in for named is to be written: where that was demanded, and where BIND is.
bool wants_named(const Arguments& arguments);

/// All files, in the order in which they are written: none names one that comes later. Raises bad_argument
/// for a system's openssl.cnf that cannot be changed.
Result<std::vector<NewFile>> files_for(const Plan& plan, const Arguments& arguments);

/// The command that writes these files anew, and signs with that key.
std::string same_again(const Arguments& arguments, const std::string& key);

/// What to do now, as commands to paste.
std::string next_steps(const Plan& plan, const Arguments& arguments, const std::string& key);

}  // namespace sesam::cli::setup
