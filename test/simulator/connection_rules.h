// SPDX-License-Identifier: Apache-2.0
// Limits that a server sets on its connections, as small appliances do.
#pragma once

#include <cstdint>
#include <string_view>

namespace sesam::simulator {

// What becomes of a connection beyond the limit.
enum class Surplus {
  reset,             // accepted and reset
  closed,            // accepted and closed at once
  closed_after_tls,  // closed when its handshake is over
  backlog,           // not accepted before another one ends
};

// How this server treats its connections, as small appliances do.
struct ConnectionRules {
  std::uint32_t max_connections = 0;  // at a time; 0: any number
  Surplus surplus = Surplus::reset;
  // HTTP/1.1:
  std::uint32_t max_requests = 0;  // of one connection, announced in Keep-Alive; 0: any number
  std::uint32_t idle_ms = 0;       // after which it is closed; 0: never
  bool http10 = false;             // replies are of HTTP/1.0, and end the connection
};

// Of "reset", "close", "close-after-tls", "backlog". Throws std::invalid_argument.
Surplus parse_surplus(std::string_view name);

}  // namespace sesam::simulator
