// SPDX-License-Identifier: Apache-2.0
// Directories that subcommands write to, and those of files.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace sesam::cli {

/// Raises bad_argument for anything but a directory that only its user can write to: otherwise other users
/// could put files or links of their own where ours are. `path` has no '/' at its end, as a link would be
/// followed.
Result<void> refuse_foreign(const std::filesystem::path& path);

/// The directory that a file is in; "." if the path has none.
std::string directory_of(const std::string& path);

}  // namespace sesam::cli
