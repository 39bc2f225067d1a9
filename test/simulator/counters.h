// SPDX-License-Identifier: Apache-2.0
// Counters of what clients did, for tests that prove how few requests something takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace sesam::simulator {

// How many are there now, and how many there were at most.
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

// What the clients did, for tests that prove how few requests something takes. The I/O thread's; the control
// port's own connections are not counted.
struct Counters {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t connections_served_max = 0;  // at a time
  std::uint64_t connections_turned_away = 0;
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;  // of these
  std::uint64_t http2_connections = 0;
  std::uint64_t http1_connections = 0;
  std::uint64_t requests_total = 0;
  Gauge in_flight;
  std::map<std::string, std::uint64_t, std::less<>> requests;  // by command
  std::map<std::string, std::uint64_t, std::less<>> errors;    // by text
  std::map<std::string, std::uint64_t, std::less<>> faults;    // those of POST /faults that hit, by name

  nlohmann::ordered_json to_json() const;
  // What is open now stays: connections_open and streams_in_flight.
  void reset();
};

}  // namespace sesam::simulator
