// SPDX-License-Identifier: Apache-2.0
// What subcommands write: a file, or stdout.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sesam::cli {

enum class Readers { all, owner };

/// Writes the whole text to the file, which is made or overwritten, or to stdout where `path` is empty.
/// For Readers::owner a regular file is always a new one of mode 0600, renamed into place: neither the mode,
/// nor the owner, nor the target of what was there before counts. For Readers::all a new file is within the
/// umask, and another one keeps its mode and owner; it is renamed into place, too, except through a symbolic
/// link, and where that would change the owner or leave another name of the file behind. A descriptor
/// (/dev/stdout, /dev/fd/3), a device or a FIFO is written to as it is. Raises bad_argument: the path and the
/// system's words; also for a symbolic link or a FIFO of another user, which would lead the text to him.
Result<void> write_output(const std::string& path, std::string_view text, Readers readers = Readers::all);

/// A whole file that is not in its place yet, and goes unless it is put there.
class StagedFile {
 public:
  /// Writes it beside its place, and onto the disk. Raises bad_argument.
  static Result<StagedFile> write(const std::string& path, std::string_view text, unsigned mode);
  /// The same with owner, group and mode of `like`.
  static Result<StagedFile> write(const std::string& path, std::string_view text, const struct stat& like);
  StagedFile(StagedFile&& other) noexcept
      : path_(std::move(other.path_)), beside_(std::exchange(other.beside_, {})) {}
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  /// Puts it in its place (rename(2)). Raises bad_argument.
  Result<void> put();

 private:
  static Result<StagedFile> write(const std::string& path, std::string_view text, unsigned mode,
                                  const struct stat* owner);
  StagedFile(std::string path, std::string beside) : path_(std::move(path)), beside_(std::move(beside)) {}

  std::string path_, beside_;  // empty beside_: there is none
};

/// Makes the file, or puts it in the place of another one, whatever that was: at once (rename(2)), so that
/// there is never half of it. Raises bad_argument.
Result<void> replace_file(const std::string& path, std::string_view text, unsigned mode);

}  // namespace sesam::cli
