// SPDX-License-Identifier: Apache-2.0
#include "connection_rules.h"

#include <stdexcept>
#include <string>

namespace sesam::simulator {

Surplus parse_surplus(std::string_view name) {
  if (name == "reset") return Surplus::reset;
  if (name == "close") return Surplus::closed;
  if (name == "close-after-tls") return Surplus::closed_after_tls;
  if (name == "backlog") return Surplus::backlog;
  throw std::invalid_argument("no such treatment of surplus connections: " + std::string(name));
}

}  // namespace sesam::simulator
