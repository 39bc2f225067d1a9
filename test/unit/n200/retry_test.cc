// SPDX-License-Identifier: Apache-2.0
#include "n200/retry.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using http::Failure;
using std::chrono::milliseconds;

constexpr milliseconds kAmple{10'000};

Attempt lost(bool may_have_acted = true, unsigned number = 1) {
  return {Failure::connection_lost, 0, may_have_acted, number, kAmple};
}
Attempt answered(int status, unsigned number = 1) { return {Failure::none, status, true, number, kAmple}; }

TEST(Retry, is_for_lost_connections_and_nothing_else_that_fails) {
  for (int failure = 0; failure <= static_cast<int>(Failure::other); ++failure) {
    const Attempt attempt{static_cast<Failure>(failure), 0, false, 1, kAmple};
    EXPECT_EQ(retry_after(attempt, Repetition::harmless, 0).has_value(),
              attempt.failure == Failure::connection_lost)
        << failure;
  }
}

TEST(Retry, is_for_status_421_and_no_other) {
  for (const int status : {200, 301, 400, 401, 403, 404, 409, 420, 422, 500, 502, 503})
    EXPECT_FALSE(retry_after(answered(status), Repetition::harmless, 0)) << status;
  EXPECT_TRUE(retry_after(answered(421), Repetition::harmless, 0));
  EXPECT_TRUE(retry_after(answered(421), Repetition::harmful, 0));
}

TEST(Retry, of_what_would_harm_is_only_for_what_surely_was_not_done) {
  EXPECT_FALSE(retry_after(lost(true), Repetition::harmful, 0));
  EXPECT_TRUE(retry_after(lost(false), Repetition::harmful, 0));
  EXPECT_TRUE(retry_after(lost(true), Repetition::harmless, 0));
}

TEST(Retry, comes_at_once_the_first_time_and_later_each_time) {
  const int expected[] = {0, 25, 50, 100, 200, 400, 800, 1000, 1000};
  unsigned number = 1;
  for (const int pause : expected)
    EXPECT_EQ(retry_after(lost(true, number++), Repetition::harmless, 1), milliseconds(pause)) << number;
  EXPECT_EQ(retry_after(lost(true, 4'000'000'000U), Repetition::harmless, 1), milliseconds(1000));
}

TEST(Retry, is_spread_over_half_of_its_pause) {
  EXPECT_EQ(retry_after(lost(true, 3), Repetition::harmless, 0), milliseconds(25));
  EXPECT_EQ(retry_after(lost(true, 3), Repetition::harmless, 0.5), milliseconds(37));
  EXPECT_EQ(retry_after(lost(true, 3), Repetition::harmless, 1), milliseconds(50));
}

TEST(Retry, ends_with_the_deadline) {
  Attempt attempt = lost(true, 2);
  attempt.time_left = milliseconds(25);
  EXPECT_FALSE(retry_after(attempt, Repetition::harmless, 1));
  attempt.time_left = milliseconds(26);
  EXPECT_TRUE(retry_after(attempt, Repetition::harmless, 1));
  for (const auto left : {milliseconds(0), milliseconds(-5)}) {
    attempt.number = 1;
    attempt.time_left = left;
    EXPECT_FALSE(retry_after(attempt, Repetition::harmless, 1));
  }
}

}  // namespace
}  // namespace sesam::n200
