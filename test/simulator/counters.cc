// SPDX-License-Identifier: Apache-2.0
#include "counters.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace sesam::simulator {

nlohmann::ordered_json Counters::to_json() const {
  return {{"connections_accepted", connections_accepted},
          {"connections_open", connections_open},
          {"connections_served_max", connections_served_max},
          {"connections_turned_away", connections_turned_away},
          {"tls_handshakes", tls_handshakes},
          {"tls_resumed", tls_resumed},
          {"http2_connections", http2_connections},
          {"http1_connections", http1_connections},
          {"requests_total", requests_total},
          {"requests", requests},
          {"streams_in_flight", in_flight.now()},
          {"streams_in_flight_max", in_flight.max()},
          {"errors", errors},
          {"faults", faults}};
}

// Resets in place, because exchanges in progress point to the gauge.
void Counters::reset() {
  connections_accepted = connections_served_max = connections_turned_away = tls_handshakes = tls_resumed =
      http2_connections = http1_connections = requests_total = 0;
  in_flight.forget_max();
  requests.clear();
  errors.clear();
  faults.clear();
}

}  // namespace sesam::simulator
