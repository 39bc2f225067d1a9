// SPDX-License-Identifier: Apache-2.0
#include "cli/openssl_conf_hint.h"

#include <cstdlib>
#include <filesystem>

namespace sesam::cli {

bool is_openssls_own(const Session& session) noexcept {
  return session.config.empty() && secure_getenv("OPENSSL_CONF") == nullptr;
}

std::string openssl_conf_hint(const std::string& written) {
  std::error_code failed;
  return std::filesystem::exists(written, failed)
             ? "set OPENSSL_CONF=" + written + " in the environment, which sudo does not pass on by itself"
             : "to set up a device, run: sesam setup; OPENSSL_CONF then names the file that it writes";
}

}  // namespace sesam::cli
