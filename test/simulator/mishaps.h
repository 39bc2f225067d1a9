// SPDX-License-Identifier: Apache-2.0
// Faults of the whole network, which tests inject: restarts, refused connections, silence.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "event_loop.h"
#include "listener.h"

namespace sesam::simulator {

// Faults of the network, not of single requests: `POST /network`. The device keeps its state.
class Mishaps {
 public:
  Mishaps(EventLoop& loop, Listener& network) : loop_(loop), network_(network) {}

  // `{"do": NAME, "ms": N}`, one row per name in mishaps.cc. Throws std::invalid_argument for an unknown
  // name, nlohmann::json::exception for a wrong field.
  void begin(const nlohmann::json& order);

 private:
  void change_welcome(Welcome welcome, std::chrono::milliseconds time);
  void restore();

  EventLoop& loop_;
  Listener& network_;
  std::uint64_t changes_ = 0;  // a later change cancels the end of an earlier one
};

}  // namespace sesam::simulator
