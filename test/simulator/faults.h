// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "exchange.h"

namespace n200sim {

struct FaultKind;

// A mishap ordered through the control port: `POST /faults`.
struct Fault {
  const FaultKind* kind = nullptr;
  std::string command = "*";   // which command it hits; "*": any
  std::int64_t count = 1;      // how often; -1: until cleared
  int status = 0;              // of `status`
  std::uint32_t delay_ms = 0;  // of `slow`
  std::string text;            // of `error`
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
  std::deque<Fault> orders_;
};

// Never answered at all: the device lets the exchange go.
bool is_black_hole(const Fault& fault);

}  // namespace n200sim
