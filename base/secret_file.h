// SPDX-License-Identifier: Apache-2.0
// A password file that is read again when the password has
// changed, provided that no other user can have written it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <variant>

#include "base/secret.h"

namespace sesam {

/// The file as it was when the settings were read.
struct SecretFile {
  std::string path;  ///< absolute; empty: the file is not read again
  uid_t owner = 0;
  mode_t mode = 0;  ///< permissions

  bool operator==(const SecretFile&) const = default;
};

/// Describes the file. If `path` is relative or not that of a regular
/// file, the result has no path, and the file is read only once.
SecretFile describe_secret_file(const std::string& path);

/// Reads the secret that is in the file now, or says why not: it cannot be read; its
/// owner has changed; its group or other users have more permissions than before; or
/// this process runs with more rights than its user has (getauxval(3), AT_SECURE).
std::variant<Secret, std::string> read_secret_again(const SecretFile& file);

/// Identifies a state of a file; differs after each change.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t changed_ns = 0;  ///< st_ctim

  bool operator==(const FileState&) const = default;
};
/// All zero if the file does not exist.
FileState state_of(const SecretFile& file) noexcept;

}  // namespace sesam
