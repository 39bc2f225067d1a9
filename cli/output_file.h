// SPDX-License-Identifier: Apache-2.0
// Writes the output of subcommands to a file or stdout.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sesam::cli {

enum class Readers { all, owner };

/// Writes the text to the file, which is created or overwritten, or to stdout if `path` is empty. With
/// Readers::owner, a regular file is always a new one of mode 0600, renamed into place: mode, owner and
/// symbolic link of an existing file are ignored. With Readers::all, a new file obeys the umask, and an
/// existing file keeps its mode and owner; it is also renamed into place, except through a symbolic link, or
/// if that would change the owner or leave another hard link with the old text. A descriptor (/dev/stdout,
/// /dev/fd/3), a device or a FIFO is written to directly. Raises bad_argument with the path and the system's
/// message, also for a symbolic link or a FIFO of another user, who would otherwise receive the text.
Result<void> write_output(const std::string& path, std::string_view text, Readers readers = Readers::all);

/// A complete temporary file, which the destructor deletes unless put() moved it into place.
class StagedFile {
 public:
  /// Writes the file to the same directory, and syncs it. Raises bad_argument.
  static Result<StagedFile> write(const std::string& path, std::string_view text, unsigned mode);
  /// The same with owner, group and mode of `like`.
  static Result<StagedFile> write(const std::string& path, std::string_view text, const struct stat& like);
  StagedFile(StagedFile&& other) noexcept
      : path_(std::move(other.path_)), beside_(std::exchange(other.beside_, {})) {}
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  /// Moves the file into place (rename(2)). Raises bad_argument.
  Result<void> put();

 private:
  static Result<StagedFile> write(const std::string& path, std::string_view text, unsigned mode,
                                  const struct stat* owner);
  StagedFile(std::string path, std::string beside) : path_(std::move(path)), beside_(std::move(beside)) {}

  std::string path_, beside_;  // beside_: the temporary file; empty: there is none
};

/// Creates the file, or replaces an existing one of any kind, atomically (rename(2)), so that the file is
/// never incomplete. Raises bad_argument.
Result<void> replace_file(const std::string& path, std::string_view text, unsigned mode);

}  // namespace sesam::cli
