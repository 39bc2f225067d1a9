// SPDX-License-Identifier: Apache-2.0
// Warns of files with a secret that every user of the machine can
// read, and of trusted files that other users can write or replace.
#pragma once

#include <string>
#include <vector>

namespace sesam::config {

/// A file that a setting depends on.
struct WatchedFile {
  std::string path;
  std::string setting;
  bool is_secret = true;      ///< it contains the setting's secret, in any form; else it is only trusted
  bool has_includes = false;  ///< an openssl.cnf: the setting may be in a file that this one includes
};

/// A sentence for the log about each file that every user can write or, if it has a secret, read, and
/// about each directory above them in which other users can replace the file. Reports each path only once.
std::vector<std::string> warnings_about(const std::vector<WatchedFile>& files);

}  // namespace sesam::config
