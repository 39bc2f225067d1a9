// SPDX-License-Identifier: Apache-2.0
#include "connection_rules.h"

#include <stdexcept>
#include <string>

namespace n200sim {

Surplus parse_surplus(std::string_view name) {
  if (name == "reset") return Surplus::kReset;
  if (name == "close") return Surplus::kClosed;
  if (name == "close-after-tls") return Surplus::kClosedAfterTls;
  if (name == "backlog") return Surplus::kBacklog;
  throw std::invalid_argument("no such treatment of surplus connections: " + std::string(name));
}

}  // namespace n200sim
