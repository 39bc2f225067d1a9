// SPDX-License-Identifier: Apache-2.0
// Who can change a provider's module, or put another file in its place: loading it runs their code.
#pragma once

#include <string>

#include "cli/child.h"
#include "cli/module_file.h"

namespace sesam::cli {

/// Nothing (both texts empty) if the module is a regular file, and only root and `user` (null: this
/// process's) can write to it and replace it: by way of each directory and symbolic link that leads to it.
ModuleFlaw flaw_of_owners(const std::string& path, const User* user);

}  // namespace sesam::cli
