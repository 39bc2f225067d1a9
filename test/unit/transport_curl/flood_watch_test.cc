// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/flood_watch.h"

#include <gtest/gtest.h>

namespace sesam::transport::curl {
namespace {

using namespace std::chrono_literals;
using Clock = FloodWatch::Clock;

// Returns how long a peer that sends a record every `interval` is tolerated, at most a minute; each
// `reply_every`th record belongs to a reply (0: none).
std::chrono::milliseconds tolerated(std::chrono::microseconds interval, unsigned reply_every = 0) {
  FloodWatch watch;
  const Clock::time_point start = Clock::now();
  Clock::time_point heard_at{};
  unsigned count = 0;
  for (auto now = start; now < start + 1min; now += interval) {
    if (reply_every != 0 && ++count % reply_every == 0) heard_at = now;
    if (watch.record_arrived(now, heard_at))
      return std::chrono::duration_cast<std::chrono::milliseconds>(now - start);
  }
  return 1min;
}

TEST(FloodWatch, recognizes_a_flood_within_a_fraction_of_a_second) {
  EXPECT_LE(tolerated(10us), 260ms);
  EXPECT_LE(tolerated(1ms), 260ms);
  EXPECT_LE(tolerated(5ms), 700ms);
}

TEST(FloodWatch, tolerates_a_burst) {
  FloodWatch watch;
  const auto now = Clock::now();
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(watch.record_arrived(now + i * 1us, {}));
}

TEST(FloodWatch, tolerates_a_peer_that_replies_however_slowly) {
  EXPECT_EQ(tolerated(1ms, 100), 1min);
  EXPECT_EQ(tolerated(20ms, 1), 1min);
}

TEST(FloodWatch, tolerates_an_idle_connection_with_a_ping_now_and_then) {
  EXPECT_EQ(tolerated(100ms), 1min);
  EXPECT_EQ(tolerated(10s), 1min);
}

}  // namespace
}  // namespace sesam::transport::curl
