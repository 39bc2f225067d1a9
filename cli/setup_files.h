// SPDX-License-Identifier: Apache-2.0
// `sesam setup`: puts files in their places: each at once, none without need, and none without a backup.
#pragma once

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
  bool is_edit = false;  ///< what is there stays in it: that is no reason to ask
};

enum class Change : std::uint8_t { none, create, set_mode, replace };

struct PlannedFile {
  NewFile file;
  Change change = Change::none;
  std::string backup;  ///< its path; empty: none is needed
};

/// Looks at what is there. Raises bad_argument for what cannot be read or is no file.
Result<std::vector<PlannedFile>> plan_files(std::vector<NewFile> files);

/// Whether a file with other contents would be replaced that neither --force nor `is_edit` allows to.
bool needs_consent(const std::vector<PlannedFile>& files, const Arguments& arguments);

/// Asks before a file with other contents is replaced. Raises bad_argument where that is not allowed.
Result<void> confirm_changes(const std::vector<PlannedFile>& files, const Arguments& arguments);

/// Makes directories and files. None is in its place before all are written. `is_written` becomes true with
/// the first one that is; `changes` gets each. Raises bad_argument, naming the file.
Result<void> write_files(const std::vector<PlannedFile>& files, bool& is_written, Changes& changes);

/// Where the files go: an absolute path, nobody else's. Raises bad_argument where they cannot be written.
Result<std::string> check_directory(const std::string& path, bool dry_run);

}  // namespace sesam::cli::setup
