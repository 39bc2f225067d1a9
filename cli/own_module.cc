// SPDX-License-Identifier: Apache-2.0
#include "cli/own_module.h"

#include <openssl/crypto.h>

#include "cli/simulator_process.h"

namespace sesam::cli {
namespace fs = std::filesystem;

fs::path own_module() {
  const fs::path directory = own_directory();
  const char* openssls = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
  // The build directory, and an installation with its own prefix.
  for (const fs::path& place : {directory, directory.parent_path() / SESAM_PREFIX_MODULES_DIR}) {
    std::error_code ignored;
    if (!fs::exists(place / "sesam.so", ignored)) continue;
    return openssls != nullptr && fs::equivalent(place, openssls, ignored) ? fs::path() : place / "sesam.so";
  }
  return {};
}

}  // namespace sesam::cli
