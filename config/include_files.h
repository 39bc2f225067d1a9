// SPDX-License-Identifier: Apache-2.0
// Finds which of an openssl.cnf and its includes contains a setting, which libcrypto does not report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sesam::config {

/// The files that contribute to the value of a setting.
struct Origin {
  std::vector<std::string> texts;  ///< files with literal text of the value
  std::vector<std::string>
      variables;        ///< files that only refer to variables for it, such as "$ENV::PASSWORD"
  std::string problem;  ///< why the lists may be incomplete; else empty
};

/// The origin of `key` in any section of the file and the files that it includes, at any depth (config(5)).
Origin origin_of(const std::string& cnf, std::string_view key);

/// The file, and the files and directories that it includes, at any depth, whether they exist or not.
std::vector<std::string> included_files(const std::string& cnf);

/// A line that sets a setting, as it is in the file.
struct WrittenValue {
  std::string file;
  unsigned line = 0;
  Secret text;  ///< everything after the equals sign, including a comment
};

/// All lines that set `key` in any section of the file and the files that it includes.
std::vector<WrittenValue> written_values(const std::string& cnf, std::string_view key);

}  // namespace sesam::config
