// SPDX-License-Identifier: Apache-2.0
// A file with a password that is read again when the password has changed, if nobody else can have written
// it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <variant>

#include "base/secret.h"

namespace sesam {

/// The file as it was when the settings were read.
struct SecretFile {
  std::string path;  ///< absolute; empty: there is none to be read again
  uid_t owner = 0;
  mode_t mode = 0;  ///< permissions

  bool operator==(const SecretFile&) const = default;
};

/// Describes the file. It has no path where that is relative, or where it is no regular file: then it is read
/// only once.
SecretFile describe_secret_file(const std::string& path);

/// The secret that is in the file now, or why there is none: it cannot be read; its owner is another one; its
/// permissions allow more than they did; or this process runs with more rights than its user has
/// (getauxval(3), AT_SECURE).
std::variant<Secret, std::string> read_secret_again(const SecretFile& file);

/// Which state of a file it is: another one after each change.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t changed_ns = 0;  ///< st_ctim

  bool operator==(const FileState&) const = default;
};
/// All zero where there is no such file.
FileState state_of(const SecretFile& file) noexcept;

}  // namespace sesam
