// SPDX-License-Identifier: Apache-2.0
// sesam-bench: one run of one client against a device; scripts/bench compares many runs.
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "options.h"
#include "run.h"

namespace {

nlohmann::ordered_json json_of(const sesam::bench::Outcome& outcome) {
  return {{"seconds", outcome.seconds},
          {"requests", outcome.requests},
          {"requests_since_start", outcome.requests_since_start},
          {"process_cpu_seconds", outcome.process_cpu_seconds},
          {"caller_cpu_seconds", outcome.caller_cpu_seconds},
          {"p50_us", outcome.p50_us},
          {"p99_us", outcome.p99_us},
          {"client_requests", outcome.client_requests},
          {"wake_ups", outcome.wake_ups},
          {"rss_before_kib", outcome.rss_before_kib},
          {"rss_kib", outcome.rss_kib},
          {"signatures", outcome.signatures}};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    int exit_status = 0;
    const auto options = sesam::bench::parse_options(argc, argv, exit_status);
    if (!options) return exit_status;
    std::cout << json_of(sesam::bench::run(*options)) << std::endl;
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sesam-bench: %s\n", error.what());
    return 1;
  }
}
