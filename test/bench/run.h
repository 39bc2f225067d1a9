// SPDX-License-Identifier: Apache-2.0
// One run: warm-up, window, end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "options.h"

namespace sesam::bench {

/// Everything but what is said otherwise is of the measured window.
struct Outcome {
  double seconds = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_since_start = 0;  ///< with the warm-up and what was on its way at the end
  double process_cpu_seconds = 0;          ///< user and system, all threads
  double caller_cpu_seconds = 0;           ///< of the callers' threads alone
  double p50_us = 0;
  double p99_us = 0;
  std::uint64_t client_requests = 0;  ///< as the client counts them; 0: it does not
  std::uint64_t wake_ups = 0;
  long rss_before_kib = 0;              ///< the callers' threads exist, nothing was sent
  std::vector<std::string> signatures;  ///< the last one of each caller, as Caller::signature()
  long rss_kib = 0;                     ///< at the end of the window, everybody busy
};

/// Throws std::runtime_error where a signature fails.
Outcome run(const Options& options);

}  // namespace sesam::bench
