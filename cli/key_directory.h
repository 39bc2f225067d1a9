// SPDX-License-Identifier: Apache-2.0
// The K files in named's key-directory: each is replaced at once or not at all, and keeps its owner and mode.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sesam::cli {

/// The text of a regular file. Raises bad_argument.
Result<Secret> read_k_file(const std::string& path);

/// The text and the status of a regular file that no symbolic link names. Raises bad_argument.
struct KFile {
  Secret text;
  struct stat status;
};
Result<KFile> read_k_file_without_link(const std::string& path);

/// Whether there is anything at this path.
bool is_there(const std::string& path) noexcept;

/// The owner and mode of a file that is there; for a new one in the directory, the directory's owner and
/// `mode`. Raises bad_argument; also for a symbolic link or whatever else is not a regular file.
Result<struct stat> marks_for(const std::string& path, mode_t mode);

/// Writes the text to a new file, on disk before it takes the place of `path`. Raises bad_argument.
Result<void> replace_k_file(const std::string& path, std::string_view text, const struct stat& marks);

/// Gives the file a second name. Raises bad_argument, also where the name is taken.
Result<void> keep_as(const std::string& path, const std::string& second_name);

}  // namespace sesam::cli
