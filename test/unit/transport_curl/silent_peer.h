// SPDX-License-Identifier: Apache-2.0
// Helpers for tests of the pipeline with a peer that never answers.
#pragma once

#include <chrono>
#include <memory>

#include "local_socket.h"
#include "transport/curl/curl_driver.h"
#include "transport/pipeline.h"
#include "transport/process_life.h"

namespace sesam::transport::curl {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Long enough for the I/O thread to start and to notice that the peer does not answer.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr auto kSoon = 5s;
#else
constexpr auto kSoon = 500ms;
#endif

inline std::shared_ptr<const Log> silent_log() {
  auto log = Log::open(0, "stderr");
  return *log;
}

inline Options options_for(const LocalSocket& peer) {
  Options options;
  options.urls = {peer.url()};
  options.connect_timeout_ms = 10'000;
  return options;
}

inline Request request_until(Clock::time_point deadline) {
  Request request;
  request.path = "/n200/web/postv1";
  request.body = "command=eccsign&pin=12345678";
  request.deadline = deadline;
  return request;
}

}  // namespace sesam::transport::curl
