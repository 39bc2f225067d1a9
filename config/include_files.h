// SPDX-License-Identifier: Apache-2.0
// Which file of an openssl.cnf and its includes a setting stands in, which libcrypto does not tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sesam::config {

/// Which files have a part in a setting's value.
struct Origin {
  std::vector<std::string> texts;  ///< text of these is in it
  std::vector<std::string>
      variables;        ///< these only name variables of which it consists, as "$ENV::PASSWORD"
  std::string problem;  ///< why this may not be all; else empty
};

/// Of `key` in any section of the file and those that it includes, in whatever depth (config(5)).
Origin origin_of(const std::string& cnf, std::string_view key);

/// The file, and the files and directories that it includes, in whatever depth, whether they exist or not.
std::vector<std::string> included_files(const std::string& cnf);

/// A line that gives a setting its value, as a person wrote it.
struct WrittenValue {
  std::string file;
  unsigned line = 0;
  Secret text;  ///< what is right of the equals sign, a comment included
};

/// All lines that give `key` a value in any section of the file and those that it includes.
std::vector<WrittenValue> written_values(const std::string& cnf, std::string_view key);

}  // namespace sesam::config
