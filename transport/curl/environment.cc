// SPDX-License-Identifier: Apache-2.0
#include "n200/http/environment.h"

#include <sys/auxv.h>

#include <cstdlib>

namespace sesam::n200::http {

void distrust_environment() noexcept {
  constexpr const char* kKeyLog = "SSLKEYLOGFILE";
  if (getauxval(AT_SECURE) != 0 && std::getenv(kKeyLog) != nullptr) ::unsetenv(kKeyLog);
}

}  // namespace sesam::n200::http
