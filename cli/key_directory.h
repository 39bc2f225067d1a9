// SPDX-License-Identifier: Apache-2.0
// Reads the K files in named's key-directory, and replaces them atomically, keeping owner and mode.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace sesam::cli {

/// The text of a regular file. Raises bad_argument.
Result<Secret> read_k_file(const std::string& path);

/// The text and status of a regular file; `path` must not be a symbolic link. Raises bad_argument.
struct KFile {
  Secret text;
  struct stat status;
};
Result<KFile> read_k_file_without_link(const std::string& path);

/// Whether the path exists, even as a dangling symbolic link.
bool is_there(const std::string& path) noexcept;

/// The owner and mode of an existing file; for a new file, its directory's owner and `mode`. Raises
/// bad_argument, also for a symbolic link or anything else that is not a regular file.
Result<struct stat> marks_for(const std::string& path, mode_t mode);

/// Writes the text to a new file, syncs it, and renames it to `path`. Raises bad_argument.
Result<void> replace_k_file(const std::string& path, std::string_view text, const struct stat& marks);

/// Gives the file a second name. Raises bad_argument, also if that name exists.
Result<void> keep_as(const std::string& path, const std::string& second_name);

}  // namespace sesam::cli
