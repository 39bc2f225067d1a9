// SPDX-License-Identifier: Apache-2.0
// Whether a user can use a file as the provider would. Nothing is created and nothing is written.
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
    append,  ///< a log: made if it is missing
    replace  ///< a metrics file: its directory must be writable
  };
  std::string setting;  ///< that names it; empty: none does
  std::string path;
  Access access = Access::read;
};

/// Empty `finding`: the user can.
struct FileVerdict {
  std::string finding;
  std::string cure;
};

/// One for each use, by `user` (null: this process). This process must have no other threads. Raises what
/// in_child() raises.
Result<std::vector<FileVerdict>> try_files(const User* user, const std::vector<FileUse>& uses);

}  // namespace sesam::cli
