// SPDX-License-Identifier: Apache-2.0
// One run: warm-up, window, end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"

namespace sesam::bench {

/// Values refer to the measured window, unless stated otherwise.
struct Outcome {
  double seconds = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_since_start = 0;  ///< including the warm-up and requests in flight at the end
  double process_cpu_seconds = 0;          ///< user and system, all threads
  double caller_cpu_seconds = 0;           ///< of the callers' threads alone
  double p50_us = 0;
  double p99_us = 0;
  std::uint64_t client_requests = 0;  ///< as counted by the client; 0: not counted
  std::uint64_t wake_ups = 0;
  long rss_before_kib = 0;              ///< with the callers' threads, before the first request
  std::vector<std::string> signatures;  ///< the last one of each caller, as Caller::signature()
  long rss_kib = 0;                     ///< at the end of the window, under load
};

/// Throws std::runtime_error if a signature fails.
Outcome run(const Options& options);

}  // namespace sesam::bench
