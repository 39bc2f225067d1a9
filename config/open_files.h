// SPDX-License-Identifier: Apache-2.0
// Files that hold a secret and that every user of the machine can read; files that are believed and that
// other users can write or replace.
#pragma once

#include <string>
#include <vector>

namespace sesam::config {

/// A file that matters for a setting.
struct WatchedFile {
  std::string path;
  std::string setting;
  bool is_secret = true;      ///< it holds the setting's secret, in whatever form; else it is only believed
  bool has_includes = false;  ///< an openssl.cnf: the setting may stand in a file that this one includes
};

/// One sentence, for the log, about each of them that every user may write, or read, if it is secret, and
/// about each directory above them in which other users may replace it; each is named once.
std::vector<std::string> warnings_about(const std::vector<WatchedFile>& files);

}  // namespace sesam::config
