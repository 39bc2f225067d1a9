// SPDX-License-Identifier: Apache-2.0
#include "transport/connection_limit.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

class ConnectionLimitTest : public testing::Test {
 protected:
  /// Each new connection is answered while other calls wait.
  void grow_to(unsigned connections) {
    for (unsigned i = 0; i < 1000 && limit_.now() < connections; ++i)
      limit_.answered(true, limit_.now(), true, now_);
  }
  void meet_limit(unsigned others, unsigned standing) {
    now_ += 10ms;
    limit_.turned_away(others, standing, now_ - 1ms);
    limit_.answered(false, others, true, now_);
  }
  /// Tries another connection when it is due. Returns false if none is ever due.
  bool probe(bool answered) {
    now_ = std::max(now_, limit_.next_event());
    if (!limit_.is_probe_due(now_)) return false;
    limit_.probe_begun();
    limit_.probe_ended(answered, now_);
    return true;
  }

  Clock::time_point now_ = Clock::now();
  ConnectionLimit limit_{64};
};

TEST_F(ConnectionLimitTest, begins_with_few_and_doubles_with_the_replies) {
  EXPECT_EQ(limit_.now(), 8U);
  for (int i = 0; i < 8; ++i) limit_.answered(true, 8, true, now_);
  EXPECT_EQ(limit_.now(), 16U);
  grow_to(64);
  limit_.answered(true, 64, true, now_);
  EXPECT_EQ(limit_.now(), 64U);
  EXPECT_EQ(limit_.learned(), 0U);
}

TEST_F(ConnectionLimitTest, never_exceeds_what_is_configured) {
  EXPECT_EQ(ConnectionLimit(3).now(), 3U);
  EXPECT_EQ(ConnectionLimit(0).now(), 1U);
}

TEST_F(ConnectionLimitTest, does_not_grow_where_nobody_waits_or_no_connection_is_new) {
  limit_.answered(true, 8, false, now_);
  limit_.answered(false, 8, true, now_);
  EXPECT_EQ(limit_.now(), 8U);
}

TEST_F(ConnectionLimitTest, does_not_wait_for_the_replies_of_slow_commands) {
  limit_.crowded(now_);
  EXPECT_EQ(limit_.now(), 8U);
  ASSERT_NE(limit_.next_event(), Clock::time_point::max());
  limit_.crowded(limit_.next_event());
  EXPECT_EQ(limit_.now(), 16U);
}

TEST_F(ConnectionLimitTest, is_halved_once_another_connection_is_answered) {
  grow_to(64);
  limit_.turned_away(63, 2, now_ + 1ms);
  EXPECT_EQ(limit_.now(), 63U) << "no further one is tried meanwhile";
  EXPECT_EQ(limit_.learned(), 0U);
  limit_.answered(false, 63, true, now_ + 2ms);
  EXPECT_EQ(limit_.now(), 32U);
  EXPECT_EQ(limit_.learned(), 32U);
}

TEST_F(ConnectionLimitTest, is_not_lowered_below_what_stands) {
  grow_to(64);
  meet_limit(60, 60);
  EXPECT_EQ(limit_.now(), 60U);
}

TEST_F(ConnectionLimitTest, is_lowered_once_for_those_that_began_together) {
  const auto began = now_ + 1ms;
  limit_.turned_away(7, 1, began);
  limit_.turned_away(6, 1, began);
  limit_.answered(true, 6, true, now_ + 5ms);
  EXPECT_EQ(limit_.now(), 4U);
  limit_.turned_away(5, 1, began);
  limit_.answered(false, 4, true, now_ + 6ms);
  EXPECT_EQ(limit_.now(), 4U);
}

TEST_F(ConnectionLimitTest, keeps_a_place_for_each_connection_that_stands) {
  limit_.turned_away(1, 3, now_ + 1ms);
  EXPECT_EQ(limit_.now(), 3U);
}

TEST_F(ConnectionLimitTest, holds_where_the_server_turns_out_to_be_gone) {
  grow_to(64);
  limit_.turned_away(63, 63, now_ + 1ms);
  limit_.all_gone();
  EXPECT_EQ(limit_.now(), 64U);
  limit_.answered(true, 1, true, now_ + 1s);
  EXPECT_EQ(limit_.now(), 64U);
  EXPECT_EQ(limit_.learned(), 0U);
}

TEST_F(ConnectionLimitTest, holds_over_a_restart_once_it_is_learned) {
  meet_limit(7, 4);
  limit_.all_gone();
  limit_.answered(true, 1, true, now_);
  EXPECT_EQ(limit_.now(), 4U);
  EXPECT_EQ(limit_.learned(), 4U);
}

TEST_F(ConnectionLimitTest, grows_by_one_with_each_probe_that_is_answered) {
  meet_limit(7, 4);
  ASSERT_TRUE(probe(true));
  EXPECT_EQ(limit_.now(), 5U);
  ASSERT_TRUE(probe(true));
  EXPECT_EQ(limit_.now(), 6U);
}

TEST_F(ConnectionLimitTest, has_one_probe_at_a_time) {
  meet_limit(7, 4);
  limit_.probe_begun();
  EXPECT_FALSE(limit_.is_probe_due(now_ + 1h));
}

TEST_F(ConnectionLimitTest, probes_ever_more_seldom_in_vain_and_is_not_lowered_by_it) {
  meet_limit(7, 4);
  ASSERT_TRUE(probe(false));
  auto last = now_;
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    ASSERT_TRUE(probe(false));
    EXPECT_EQ(now_ - last, pause);
    last = now_;
  }
  EXPECT_EQ(limit_.now(), 4U);
}

TEST_F(ConnectionLimitTest, is_no_longer_learned_when_all_that_are_wanted_are_allowed) {
  grow_to(64);
  meet_limit(63, 63);
  ASSERT_TRUE(probe(true));
  EXPECT_EQ(limit_.learned(), 0U);
  EXPECT_FALSE(probe(true));
}

TEST_F(ConnectionLimitTest, proves_as_many_as_were_answered_side_by_side) {
  EXPECT_EQ(limit_.proven(), 1U);
  limit_.answered(true, 1, false, now_);
  EXPECT_EQ(limit_.proven(), 1U);
  limit_.answered(true, 4, false, now_);
  limit_.answered(true, 4, false, now_);
  EXPECT_EQ(limit_.proven(), 3U);
  meet_limit(2, 1);
  EXPECT_EQ(limit_.proven(), limit_.now());
}

}  // namespace
}  // namespace sesam::transport
