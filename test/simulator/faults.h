// SPDX-License-Identifier: Apache-2.0
// Faults of single requests, which tests inject through the control port.
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

// A fault injected through the control port: `POST /faults`.
struct Fault {
  const FaultKind* kind = nullptr;
  std::string command = "*";       // the command it applies to; "*": any
  std::int64_t count = 1;          // how many times; -1: until cleared
  std::uint64_t every = 1;         // applies to every n-th request of that command
  double probability = 1;          // probability for each of these requests
  int status = 0;                  // for `status`, and for `error` (0: 200)
  std::int64_t retry_after_s = 1;  // for `http-429` and `http-503`, in Retry-After; -1: no such header
  std::uint32_t delay_ms = 0;      // for `slow`
  std::string text;                // for `error` and `error-with-result`
  std::string field =
      "result";            // for `missing-field`, `wrong-type`: in the reply, or in each record of `result`
  std::uint64_t seen = 0;  // matching requests so far, for `every`
};

// One row per fault in faults.cc.
struct FaultKind {
  std::string_view name;
  bool instead;  // true: replaces the command, which is not executed; false: alters the command's reply
  void (*apply)(const Fault& fault, std::string_view command, Reply& reply);
};

class Faults {
 public:
  // Throws std::invalid_argument (unknown name, invalid value) or nlohmann::json::exception (wrong field).
  void add(const nlohmann::json& order);
  void clear() { orders_.clear(); }
  // Returns the oldest fault that applies to `command` and counts it down; `kind` is nullptr if none does.
  Fault take(std::string_view command);

 private:
  bool hits(Fault& order, std::string_view command);

  std::deque<Fault> orders_;
  std::minstd_rand random_;  // default seed: the same numbers in each run
};

// True for a fault that leaves the request unanswered.
bool is_black_hole(const Fault& fault);

}  // namespace sesam::simulator
