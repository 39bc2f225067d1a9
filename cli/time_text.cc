// SPDX-License-Identifier: Apache-2.0
#include "cli/time_text.h"

#include <ctime>

namespace sesam::cli {

std::string time_as(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, format, &utc);
  return text;
}

}  // namespace sesam::cli
