// SPDX-License-Identifier: Apache-2.0
// Files that other users must not be able to replace.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace sesam::simulator {

// Requires a directory, not a symbolic link, that belongs to this
// user and is not world-writable. Throws std::runtime_error.
void require_own_directory(const std::string& path);

// Throws std::runtime_error if the path is a symbolic link.
void refuse_link(const std::string& path);

// Writes a new file next to `path` and renames it: readers see the complete file, and no link is followed.
// `mode` is subject to the umask. Throws std::runtime_error.
void replace_file(const std::string& path, std::string_view text, mode_t mode = 0666);

}  // namespace sesam::simulator
