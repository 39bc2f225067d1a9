// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/flood_watch.h"

namespace sesam::transport::curl {
namespace {

using namespace std::chrono_literals;

// Besides replies, a server sends only a handful of records: settings, window updates, a ping.
constexpr unsigned kMaxRecords = 128;
constexpr auto kMinTime = 250ms;
constexpr auto kMaxTime = 2s;

}  // namespace

bool FloodWatch::record_arrived(Clock::time_point now, Clock::time_point heard_at) noexcept {
  if (heard_at >= since_ || now - since_ > kMaxTime) {
    since_ = now;
    records_ = 0;
  }
  return ++records_ > kMaxRecords && now - since_ >= kMinTime;
}

}  // namespace sesam::transport::curl
