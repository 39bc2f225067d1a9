// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/environment.h"

#include <sys/auxv.h>

#include <cstdlib>

namespace sesam::transport::curl {

void distrust_environment() noexcept {
  constexpr const char* kKeyLog = "SSLKEYLOGFILE";
  if (getauxval(AT_SECURE) != 0 && std::getenv(kKeyLog) != nullptr) ::unsetenv(kKeyLog);
}

}  // namespace sesam::transport::curl
