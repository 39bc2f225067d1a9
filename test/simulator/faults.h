// SPDX-License-Identifier: Apache-2.0
// Faults of single requests, as tests order them through the control port.
#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <random>
#include <string>
#include <string_view>

#include "exchange.h"

namespace sesam::simulator {

struct FaultKind;

// A mishap ordered through the control port: `POST /faults`.
struct Fault {
  const FaultKind* kind = nullptr;
  std::string command = "*";       // which command it hits; "*": any
  std::int64_t count = 1;          // how often; -1: until cleared
  std::uint64_t every = 1;         // hits every n-th request of that command
  double probability = 1;          // and of these only so many
  int status = 0;                  // of `status`
  std::int64_t retry_after_s = 1;  // of `http-429` and `http-503`; -1: no such header
  std::uint32_t delay_ms = 0;      // of `slow`
  std::string text;                // of `error`
  std::string field =
      "result";            // of `missing-field` and `wrong-type`; also looked for in each record of `result`
  std::uint64_t seen = 0;  // requests so far, for `every`
};

// One row per fault in faults.cc.
struct FaultKind {
  std::string_view name;
  bool instead;  // of the command, which is then not executed; else the command's own reply is altered
  void (*apply)(const Fault& fault, std::string_view command, Reply& reply);
};

class Faults {
 public:
  // Throws std::invalid_argument for an unknown name, nlohmann::json::exception for a wrong field.
  void add(const nlohmann::json& order);
  void clear() { orders_.clear(); }
  // The oldest order that hits `command`, counted down; `kind` nullptr if none.
  Fault take(std::string_view command);

 private:
  bool hits(Fault& order, std::string_view command);

  std::deque<Fault> orders_;
  std::minstd_rand random_;  // the same in each run
};

// Never answered at all: the device lets the exchange go.
bool is_black_hole(const Fault& fault);

}  // namespace sesam::simulator
