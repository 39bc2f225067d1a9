// SPDX-License-Identifier: Apache-2.0
// Tests whether a user can use a file as the provider would, without creating or writing anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/child.h"

namespace sesam::cli {

struct FileUse {
  enum class Access : std::uint8_t {
    read,
    list,    ///< a directory
    append,  ///< a log, which is created if it is missing
    replace  ///< a metrics file: its directory must be writable
  };
  std::string setting;  ///< that names the file; empty: none does
  std::string path;
  Access access = Access::read;
};

/// An empty `finding` means that the user can use the file.
struct FileVerdict {
  std::string finding;
  std::string cure;
};

/// Tries each use as `user` (null: this process's user). Returns one verdict for each. This process must have
/// no other threads. Raises what in_child() raises.
Result<std::vector<FileVerdict>> try_files(const User* user, const std::vector<FileUse>& uses);

/// What to do if root can use a file and `user` cannot: nothing, or `cure`, depending on how the program
/// starts.
std::string cure_for_other_user(const User& user, const std::string& cure);

}  // namespace sesam::cli
