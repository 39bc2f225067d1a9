// SPDX-License-Identifier: Apache-2.0
// Checks directories that subcommands write to, and finds the directory of a file.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace sesam::cli {

/// Raises bad_argument unless `path` is a directory of this user that no other user can write to: other users
/// could otherwise place files or links there. `path` must not end in '/', because a symbolic link would then
/// be followed.
Result<void> refuse_foreign(const std::filesystem::path& path);

/// The directory that a file is in; "." if the path has none.
std::string directory_of(const std::string& path);

}  // namespace sesam::cli
