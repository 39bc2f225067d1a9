// SPDX-License-Identifier: Apache-2.0
// Files that hold a secret and that every user of the machine can read.
#pragma once

#include <string>
#include <vector>

namespace sesam::provider {

/// A file that holds the secret of a setting, in whatever form.
struct SecretFile {
  std::string path;
  std::string setting;
};

/// One sentence, for the log, about each of them that others may read or write; one file is named once.
std::vector<std::string> warnings_about(const std::vector<SecretFile>& files);

}  // namespace sesam::provider
