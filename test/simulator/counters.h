// SPDX-License-Identifier: Apache-2.0
// Counters of client activity, for tests that check how many requests an operation takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace sesam::simulator {

// A current number and its maximum.
class Gauge {
 public:
  void enter() { max_ = std::max(max_, ++now_); }
  void leave() { --now_; }
  std::uint64_t now() const { return now_; }
  std::uint64_t max() const { return max_; }
  void forget_max() { max_ = now_; }

 private:
  std::uint64_t now_ = 0;
  std::uint64_t max_ = 0;
};

// Client activity, for tests that check how many requests an operation takes. Belongs to the I/O thread.
// Connections to the control port are counted separately.
struct Counters {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t connections_served_max = 0;  // maximum of concurrent ones
  std::uint64_t connections_turned_away = 0;
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;  // those of tls_handshakes that resumed a session
  std::uint64_t http2_connections = 0;
  std::uint64_t http1_connections = 0;
  std::uint64_t requests_total = 0;
  Gauge in_flight;
  std::map<std::string, std::uint64_t, std::less<>> requests;  // by command
  std::map<std::string, std::uint64_t, std::less<>> errors;    // by error text
  std::map<std::string, std::uint64_t, std::less<>> faults;    // injected faults (POST /faults), by name

  nlohmann::ordered_json to_json() const;
  // Keeps the current values: connections_open and in_flight.now().
  void reset();
};

}  // namespace sesam::simulator
