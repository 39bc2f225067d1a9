// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/report.h"

#include <new>
#include <string>

namespace sesam::transport::curl {

void report(const Log& log, LogLevel level, std::initializer_list<std::string_view> parts) noexcept try {
  if (!log.wants(level)) return;
  std::string line;
  for (const auto part : parts) line.append(part);
  log.write(level, line);
} catch (const std::bad_alloc&) {
  return;
}

}  // namespace sesam::transport::curl
