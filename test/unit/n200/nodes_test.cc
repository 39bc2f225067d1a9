// SPDX-License-Identifier: Apache-2.0
#include "n200/nodes.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "metrics/counts.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;

class NodesTest : public testing::Test {
 protected:
  void fail(std::size_t node) { nodes_.failed(node, now_, 0s); }
  void say(std::size_t node, transport::Health health) { *nodes_.health_of(node) = health; }

  static constexpr auto kPatience = 10s;
  Nodes nodes_{3};
  Nodes::Clock::time_point now_ = Nodes::Clock::now();
};

TEST_F(NodesTest, are_used_in_the_order_given) {
  EXPECT_EQ(nodes_.in_use(), 0U);
  fail(0);
  EXPECT_EQ(nodes_.in_use(), 1U);
  fail(1);
  EXPECT_EQ(nodes_.in_use(), 2U);
}

TEST_F(NodesTest, that_are_to_be_avoided_are_used_where_there_is_no_other) {
  EXPECT_EQ(nodes_.in_use(node_set(0)), 1U);
  EXPECT_EQ(nodes_.in_use(node_set(0) | node_set(1)), 2U);
  fail(1);
  fail(2);
  EXPECT_EQ(nodes_.in_use(node_set(0)), 1U) << "it may come back";
  EXPECT_EQ(nodes_.in_use(node_set(0) | node_set(1) | node_set(2)), 0U);
}

TEST_F(NodesTest, are_counted) {
  metrics::NodeCounts counts;
  nodes_.count_into(0, &counts);
  fail(0);
  fail(0);
  EXPECT_EQ(counts.unhealthy.get(), 1);
  EXPECT_EQ(counts.failures.get(), 1U);
  nodes_.answered(0, now_);
  EXPECT_EQ(counts.unhealthy.get(), 0);
  fail(0);
  say(0, transport::Health::healthy);
  EXPECT_EQ(nodes_.in_use(), 0U);
  EXPECT_EQ(counts.unhealthy.get(), 0);
  nodes_.did_not_respond(0);
  EXPECT_EQ(counts.unhealthy.get(), 1);
  EXPECT_EQ(nodes_.in_use(), 0U) << "it stays in use";
}

TEST_F(NodesTest, are_counted_as_unhealthy_with_each_probe_that_failed) {
  metrics::NodeCounts counts;
  nodes_.count_into(0, &counts);
  fail(0);
  counts.unhealthy.set(0);  // set by another set of nodes that includes this one
  say(0, transport::Health::unhealthy);
  nodes_.to_probe(now_ + 1min, kPatience);
  EXPECT_EQ(counts.unhealthy.get(), 1);
}

TEST_F(NodesTest, come_back_when_a_probe_found_them_well_and_not_before) {
  fail(0);
  EXPECT_FALSE(nodes_.to_probe(now_, kPatience));
  now_ += 1s;
  EXPECT_EQ(nodes_.in_use(), 1U);
  EXPECT_EQ(nodes_.to_probe(now_, kPatience), 0U);
  EXPECT_EQ(nodes_.in_use(), 1U);
  say(0, transport::Health::healthy);
  EXPECT_EQ(nodes_.in_use(), 0U);
  EXPECT_FALSE(nodes_.to_probe(now_ + 60s, kPatience));
}

TEST_F(NodesTest, come_back_when_the_probe_of_another_found_them_healthy) {
  for (const std::size_t node : {0U, 1U, 2U}) fail(node);
  nodes_.found_healthy(1);
  EXPECT_EQ(nodes_.in_use(), 1U);
  EXPECT_EQ(nodes_.to_probe(now_ + 1s, kPatience), 0U) << "the others are still probed";
}

TEST_F(NodesTest, are_probed_by_one_thread_and_again_when_that_came_to_nothing) {
  fail(0);
  now_ += 1s;
  ASSERT_EQ(nodes_.to_probe(now_, kPatience), 0U);
  EXPECT_FALSE(nodes_.to_probe(now_, kPatience));
  EXPECT_FALSE(nodes_.to_probe(now_ + kPatience - 1ms, kPatience));
  EXPECT_EQ(nodes_.to_probe(now_ + kPatience, kPatience), 0U);
}

TEST_F(NodesTest, are_left_alone_for_longer_after_a_probe_that_failed) {
  fail(0);
  now_ += 1s;
  for (const auto pause : {2s, 4s, 8s}) {
    ASSERT_EQ(nodes_.to_probe(now_, kPatience), 0U);
    say(0, pause == 4s ? transport::Health::responds : transport::Health::unhealthy);
    EXPECT_EQ(nodes_.in_use(), 1U);
    EXPECT_FALSE(nodes_.to_probe(now_, kPatience));
    EXPECT_FALSE(nodes_.to_probe(now_ + pause - 1ms, kPatience)) << pause.count();
    now_ += pause;
  }
}

TEST_F(NodesTest, are_left_alone_for_longer_each_time) {
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    fail(0);
    EXPECT_FALSE(nodes_.to_probe(now_ + pause - 1ms, kPatience));
    now_ += pause;
    EXPECT_EQ(nodes_.to_probe(now_, 0s), 0U) << pause.count();
  }
  nodes_.answered(0, now_);
  nodes_.answered(0, now_ += 60s);
  fail(0);
  EXPECT_EQ(nodes_.to_probe(now_ + 1s, kPatience), 0U);
}

// Like a node whose core hangs: it answers look-ups and probes, but no signature requests.
TEST_F(NodesTest, are_left_alone_for_longer_each_time_they_fail_again_after_a_good_probe) {
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    nodes_.answered(0, now_);
    nodes_.answered(0, now_ += 15s);
    fail(0);
    EXPECT_FALSE(nodes_.to_probe(now_ + pause - 1ms, kPatience)) << pause.count();
    EXPECT_EQ(nodes_.to_probe(now_ += pause, kPatience), 0U) << pause.count();
    say(0, transport::Health::healthy);
    EXPECT_EQ(nodes_.in_use(), 0U) << "at once";
  }
  nodes_.answered(0, now_);
  nodes_.answered(0, now_ += 60s);
  fail(0);
  EXPECT_EQ(nodes_.to_probe(now_ + 1s, kPatience), 0U) << "it was steady for a minute";
}

TEST_F(NodesTest, that_failed_probes_for_long_and_are_healthy_again_get_short_pauses) {
  fail(0);
  for (int i = 0; i < 10; ++i) {
    now_ += 30s;
    ASSERT_EQ(nodes_.to_probe(now_, kPatience), 0U);
    say(0, i < 9 ? transport::Health::unhealthy : transport::Health::healthy);
    nodes_.to_probe(now_, kPatience);
  }
  ASSERT_EQ(nodes_.in_use(), 0U);
  fail(0);
  EXPECT_EQ(nodes_.to_probe(now_ + 2s, kPatience), 0U);
}

TEST_F(NodesTest, that_failed_do_not_come_back_by_a_probe_of_the_breaker_while_others_are_healthy) {
  fail(0);
  nodes_.found_healthy(0);
  EXPECT_EQ(nodes_.in_use(), 1U);
}

TEST_F(NodesTest, that_fail_many_requests_at_once_have_failed_once) {
  EXPECT_TRUE(nodes_.failed(0, now_, 0s));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(nodes_.failed(0, now_, 0s));
  EXPECT_EQ(nodes_.to_probe(now_ + 1s, kPatience), 0U);
}

TEST_F(NodesTest, that_fail_many_requests_while_earlier_ones_are_answered_have_failed_once) {
  for (int i = 0; i < 100; ++i) {
    fail(0);
    nodes_.answered(0, now_);
  }
  fail(0);
  EXPECT_EQ(nodes_.to_probe(now_ + 1s, kPatience), 0U);
}

TEST_F(NodesTest, get_the_pause_that_they_ask_for) {
  nodes_.failed(0, now_, 5s);
  EXPECT_FALSE(nodes_.to_probe(now_ + 5s - 1ms, kPatience));
  EXPECT_EQ(nodes_.to_probe(now_ + 5s, kPatience), 0U);
}

TEST_F(NodesTest, do_not_get_a_pause_of_days) {
  nodes_.failed(0, now_, std::chrono::seconds::max());
  EXPECT_FALSE(nodes_.to_probe(now_ + 5min - 1ms, kPatience));
  EXPECT_EQ(nodes_.to_probe(now_ + 5min, kPatience), 0U);
}

TEST_F(NodesTest, that_fail_in_many_threads_at_once_have_failed_once) {
  for (int round = 0; round < 200; ++round) {
    Nodes nodes(1);
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) threads.emplace_back([&] { nodes.failed(0, now_, 0s); });
    }
    ASSERT_EQ(nodes.to_probe(now_ + 1s, 0s), 0U);
    nodes.failed(0, now_ + 1s, 0s);
    ASSERT_EQ(nodes.to_probe(now_ + 3s, 0s), 0U) << "it failed twice, and more";
  }
}

TEST_F(NodesTest, if_all_are_ill_the_one_that_is_well_first_is_asked) {
  fail(1);
  now_ += 100ms;
  fail(0);
  fail(2);
  EXPECT_EQ(nodes_.in_use(), 1U);
  nodes_.answered(1, now_);
  EXPECT_EQ(nodes_.in_use(), 1U);
}

TEST_F(NodesTest, remember_that_any_has_answered) {
  EXPECT_FALSE(nodes_.ever_answered());
  fail(0);
  EXPECT_FALSE(nodes_.ever_answered());
  nodes_.answered(1, now_);
  EXPECT_TRUE(nodes_.ever_answered());
}

}  // namespace
}  // namespace sesam::n200
