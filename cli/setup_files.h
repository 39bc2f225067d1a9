// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: replaces files atomically, only if necessary, and with a backup.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "cli/changes.h"
#include "cli/setup.h"

namespace sesam::cli::setup {

struct NewFile {
  std::string path;
  Secret text;
  unsigned mode = 0644;
  bool is_edit = false;  ///< the old contents remain, so no confirmation is needed
};

enum class Change : std::uint8_t { none, create, set_mode, replace };

struct PlannedFile {
  NewFile file;
  Change change = Change::none;
  std::string backup;  ///< its path; empty: none is needed
};

/// Compares the files with those on disk. Raises bad_argument for a file that cannot be read.
Result<std::vector<PlannedFile>> plan_files(std::vector<NewFile> files);

/// Raises bad_argument for a directory in which a file is to be put, and cannot be. Writes nothing.
Result<void> check_places(const std::vector<PlannedFile>& files);

/// The paths of files that the user has agreed to replace.
using Agreed = std::set<std::string>;

/// Whether a file with other contents would be replaced without permission by --force, `is_edit` or `agreed`.
bool needs_consent(const std::vector<PlannedFile>& files, const Arguments& arguments, const Agreed& agreed);

/// Asks before a file with other contents is replaced, and adds it to `agreed`. Raises bad_argument if that
/// is not allowed.
Result<void> confirm_changes(const std::vector<PlannedFile>& files, const Arguments& arguments,
                             Agreed& agreed);

/// Creates directories and files. Moves files into place only after all are written. Sets `is_written` when
/// the first one is in place, and adds each to `changes`. Raises bad_argument, naming the file.
Result<void> write_files(const std::vector<PlannedFile>& files, bool& is_written, Changes& changes);

/// The directory, as an absolute path. Raises bad_argument if it is not private or not writable.
Result<std::string> check_directory(const std::string& path, bool dry_run);

}  // namespace sesam::cli::setup
