// SPDX-License-Identifier: Apache-2.0
#include "n200/retry.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kAmple{60'000};

Attempt attempt(ReplyKind kind, unsigned number = 1) {
  Attempt made;
  made.kind = kind;
  made.number = number;
  made.time_left = kAmple;
  return made;
}

TEST(Retry, does_not_wait_for_a_device_that_never_answered) {
  Attempt never = attempt(ReplyKind::unreachable);
  never.known = false;
  EXPECT_FALSE(retry_after(never, 0));
  never.another_node = true;
  EXPECT_TRUE(retry_after(never, 0));
}

TEST(Retry, of_broken_connections_ends_after_two_where_the_device_never_answered) {
  for (const unsigned number : {1U, 2U, 3U}) {
    Attempt never = attempt(ReplyKind::line, number);
    never.known = false;
    EXPECT_EQ(retry_after(never, 0).has_value(), number <= 2) << number;
    never.known = true;
    EXPECT_TRUE(retry_after(never, 0));
  }
}

TEST(Retry, comes_at_once_after_a_first_broken_connection_and_later_each_time) {
  const int expected[] = {0, 25, 50, 100, 200, 400, 800, 1000, 1000};
  unsigned number = 1;
  for (const int pause : expected)
    EXPECT_EQ(retry_after(attempt(ReplyKind::line, number++), 1), milliseconds(pause)) << number;
  EXPECT_EQ(retry_after(attempt(ReplyKind::line, 4'000'000'000U), 1), milliseconds(1000));
  EXPECT_EQ(retry_after(attempt(ReplyKind::unreachable, 1), 1), milliseconds(25));
}

TEST(Retry, goes_to_another_node_at_once) {
  for (const auto kind : {ReplyKind::line, ReplyKind::unreachable, ReplyKind::silent, ReplyKind::busy}) {
    Attempt elsewhere = attempt(kind, 3);
    elsewhere.another_node = true;
    elsewhere.asked_for = seconds(20);
    EXPECT_EQ(retry_after(elsewhere, 1), milliseconds(0));
  }
}

TEST(Retry, comes_no_sooner_than_a_busy_node_asked_for) {
  Attempt busy = attempt(ReplyKind::busy);
  busy.asked_for = seconds(2);
  EXPECT_EQ(retry_after(busy, 1), milliseconds(2000));
  busy.asked_for = seconds(61);
  EXPECT_FALSE(retry_after(busy, 1));
}

TEST(Retry, does_not_come_within_the_deadline_where_a_busy_node_asks_for_the_longest_time) {
  Attempt busy = attempt(ReplyKind::busy);
  for (const auto asked_for : {seconds::max(), seconds::max() - seconds(1), seconds(86'401)}) {
    busy.asked_for = asked_for;
    EXPECT_FALSE(retry_after(busy, 1)) << asked_for.count();
  }
}

TEST(Retry, is_spread_over_half_of_its_pause) {
  EXPECT_EQ(retry_after(attempt(ReplyKind::line, 3), 0), milliseconds(25));
  EXPECT_EQ(retry_after(attempt(ReplyKind::line, 3), 0.5), milliseconds(37));
  EXPECT_EQ(retry_after(attempt(ReplyKind::line, 3), 1), milliseconds(50));
}

TEST(Retry, ends_with_the_deadline) {
  Attempt late = attempt(ReplyKind::line, 2);
  late.time_left = milliseconds(25);
  EXPECT_FALSE(retry_after(late, 1));
  late.time_left = milliseconds(26);
  EXPECT_TRUE(retry_after(late, 1));
  for (const auto left : {milliseconds(0), milliseconds(-5)}) {
    late.number = 1;
    late.time_left = left;
    EXPECT_FALSE(retry_after(late, 1));
  }
}

}  // namespace
}  // namespace sesam::n200
