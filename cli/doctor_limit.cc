// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: finds how many concurrent connections the device allows.
#include <chrono>
#include <system_error>
#include <thread>
#include <vector>

#include "cli/doctor.h"
#include "metrics/counts.h"
#include "n200/errors.h"

namespace sesam::cli {
namespace {

constexpr char kConnections[] = "connections";
constexpr unsigned kSideBySide = 16;
// How long to probe after the limit was met.
constexpr std::chrono::milliseconds kMax{700};

void ask_for_the_time(n200::Device& device, std::chrono::steady_clock::time_point until) {
  for (unsigned asked = 0; asked < 2 || (metrics::counts().connections_allowed.get() != 0 &&
                                         std::chrono::steady_clock::now() < until);
       ++asked)
    if (const auto time = device.timestamp(); !time && !n200::says_no_time(time.error().reason)) return;
}

}  // namespace

void check_limit(n200::Device& device, HttpVersion http, Checkup& checkup) {
  if (http == HttpVersion::http2) return checkup.good(kConnections, "one for all requests");
  const auto until = std::chrono::steady_clock::now() + kMax;
  try {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < kSideBySide; ++i)
      threads.emplace_back([&device, until] { ask_for_the_time(device, until); });
  } catch (const std::system_error&) {
    return checkup.skip({kConnections}, "this process cannot start more threads");
  }
  if (const auto allowed = metrics::counts().connections_allowed.get(); allowed != 0)
    checkup.good(kConnections, "the device allows " + std::to_string(allowed) +
                                   " at a time; further requests wait for a free one");
  else
    checkup.good(kConnections, "several; no limit reached");
}

}  // namespace sesam::cli
