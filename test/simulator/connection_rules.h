// SPDX-License-Identifier: Apache-2.0
// Limits that a server sets on its connections, as small appliances do.
#pragma once

#include <cstdint>
#include <string_view>

namespace sesam::simulator {

// How a connection beyond the limit is handled.
enum class Surplus {
  reset,             // accepted and reset
  closed,            // accepted and closed at once
  closed_after_tls,  // closed when its TLS handshake is complete
  backlog,           // not accepted until another one ends
};

// The server's connection limits, as small appliances have them.
struct ConnectionRules {
  std::uint32_t max_connections = 0;  // concurrent; 0: no limit
  Surplus surplus = Surplus::reset;
  // HTTP/1.1:
  std::uint32_t max_requests = 0;  // per connection, announced in Keep-Alive; 0: no limit
  std::uint32_t idle_ms = 0;       // idle time after which it is closed; 0: never
  bool http10 = false;             // replies use HTTP/1.0 and close the connection
};

// Parses "reset", "close", "close-after-tls" or "backlog". Throws std::invalid_argument.
Surplus parse_surplus(std::string_view name);

}  // namespace sesam::simulator
