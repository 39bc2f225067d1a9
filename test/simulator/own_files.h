// SPDX-License-Identifier: Apache-2.0
// Files that other users must not be able to replace.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace sesam::simulator {

// Refuses a directory in which other users could put files or links of their own where ours are. Throws
// std::runtime_error.
void require_own_directory(const std::string& path);

// Throws std::runtime_error if there is a symbolic link at the path.
void refuse_link(const std::string& path);

// Writes a new file beside and renames it: whoever waits for it reads all of it, and no link is followed.
// `mode` is within the umask. Throws std::runtime_error.
void replace_file(const std::string& path, std::string_view text, mode_t mode = 0666);

}  // namespace sesam::simulator
