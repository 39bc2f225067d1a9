// SPDX-License-Identifier: Apache-2.0
// Checks who can change or replace a provider's module: loading it runs their code.
#pragma once

#include <string>

#include "cli/child.h"
#include "cli/module_file.h"

namespace sesam::cli {

/// Both members are empty if the module is a regular file, and only root and `user` (null: this process's
/// user) can write to it or replace it through any directory or symbolic link on its path.
ModuleFlaw flaw_of_owners(const std::string& path, const User* user);

}  // namespace sesam::cli
