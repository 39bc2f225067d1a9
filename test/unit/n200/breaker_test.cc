// SPDX-License-Identifier: Apache-2.0
#include "n200/breaker.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Advice = Breaker::Advice;

class BreakerTest : public testing::Test {
 protected:
  explicit BreakerTest(std::size_t nodes = 1) : breaker_(nodes) {}
  Breaker::Verdict ask() { return breaker_.ask(now_, kPatience); }
  Advice advice() { return ask().advice; }
  void say(transport::Health health, std::size_t node = 0) { *breaker_.health_of(node) = health; }
  // The next operation finds that the node has answered its probe.
  void expect_close(std::size_t node = 0) {
    const auto verdict = ask();
    EXPECT_EQ(verdict.advice, Advice::close);
    EXPECT_EQ(verdict.node, node);
    breaker_.answered();
    EXPECT_EQ(advice(), Advice::go);
  }

  static constexpr auto kPatience = 500ms;
  Breaker breaker_;
  Breaker::Clock::time_point now_ = Breaker::Clock::now();
};

TEST_F(BreakerTest, is_closed_until_an_operation_ends_unanswered) {
  EXPECT_EQ(advice(), Advice::go);
  breaker_.answered();
  EXPECT_EQ(advice(), Advice::go);
}

TEST_F(BreakerTest, probes_at_once_and_has_operations_wait_for_a_moment) {
  breaker_.unanswered(now_);
  EXPECT_EQ(advice(), Advice::send_probe);
  EXPECT_EQ(advice(), Advice::wait) << "one probe at a time";
  EXPECT_LE(ask().until, now_ + kPatience);
  now_ += kPatience;
  EXPECT_EQ(advice(), Advice::refuse);
}

TEST_F(BreakerTest, closes_when_the_probe_is_answered) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  say(transport::Health::healthy);
  expect_close();
  EXPECT_EQ(advice(), Advice::go);
}

TEST_F(BreakerTest, closes_when_the_probe_gets_any_reply) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  say(transport::Health::responds);
  expect_close();
}

TEST_F(BreakerTest, closes_when_an_operation_is_answered) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  breaker_.answered();
  EXPECT_EQ(advice(), Advice::go);
}

TEST_F(BreakerTest, says_since_when_the_device_is_silent_and_when_the_next_attempt_is) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  say(transport::Health::unhealthy);
  now_ += 300ms;
  const auto verdict = ask();
  EXPECT_EQ(verdict.advice, Advice::refuse);
  EXPECT_EQ(verdict.silent_for, 300ms);
  EXPECT_EQ(verdict.next_in, 1000ms);
}

TEST_F(BreakerTest, probes_again_after_pauses_that_grow_to_ten_seconds) {
  breaker_.unanswered(now_);
  for (const auto pause : {1s, 2s, 4s, 8s, 10s, 10s}) {
    ASSERT_EQ(advice(), Advice::send_probe) << pause.count();
    say(transport::Health::unhealthy);
    EXPECT_EQ(advice(), Advice::refuse);
    now_ += pause - 1ms;
    EXPECT_EQ(advice(), Advice::refuse) << pause.count();
    now_ += 1ms;
  }
}

TEST_F(BreakerTest, takes_a_probe_that_comes_to_nothing_for_a_failed_one) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  now_ += Breaker::kProbeTime;
  EXPECT_EQ(advice(), Advice::refuse);
  now_ += 1s;
  EXPECT_EQ(advice(), Advice::send_probe);
}

TEST_F(BreakerTest, believes_a_probe_that_is_answered_late) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  now_ += 800ms;
  EXPECT_EQ(advice(), Advice::refuse) << "nobody waits for so long";
  say(transport::Health::healthy);
  expect_close();
}

TEST_F(BreakerTest, starts_with_short_pauses_each_time_it_opens) {
  for (int round = 0; round < 2; ++round) {
    breaker_.unanswered(now_);
    ASSERT_EQ(advice(), Advice::send_probe);
    say(transport::Health::unhealthy);
    EXPECT_EQ(ask().next_in, 1000ms);
    now_ += 1s;
    ASSERT_EQ(advice(), Advice::send_probe);
    say(transport::Health::healthy);
    expect_close();
  }
}

TEST_F(BreakerTest, ignores_the_late_outcome_of_a_probe_of_before_it_opened) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  breaker_.answered();
  for (const auto late : {transport::Health::unhealthy, transport::Health::healthy}) {
    say(late);
    breaker_.unanswered(now_);
    EXPECT_EQ(advice(), Advice::send_probe);
    EXPECT_EQ(advice(), Advice::wait) << "for the outcome of this one";
    breaker_.answered();
  }
}

TEST_F(BreakerTest, ignores_the_late_outcome_of_the_probe_before) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  now_ += Breaker::kProbeTime;
  ASSERT_EQ(advice(), Advice::refuse);
  say(transport::Health::unhealthy);
  now_ += 1s;
  ASSERT_EQ(advice(), Advice::send_probe);
  EXPECT_EQ(advice(), Advice::wait);
}

class BreakerOfThreeNodes : public BreakerTest {
 protected:
  BreakerOfThreeNodes() : BreakerTest(3) {}
};

TEST_F(BreakerOfThreeNodes, closes_when_any_node_answers) {
  for (const std::size_t node : {0U, 1U, 2U}) {
    breaker_.unanswered(now_);
    ASSERT_EQ(advice(), Advice::send_probe);
    say(transport::Health::healthy, node);
    expect_close(node);
  }
}

TEST_F(BreakerOfThreeNodes, prefers_a_node_that_is_healthy_to_one_that_only_responds) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  say(transport::Health::responds, 0);
  say(transport::Health::healthy, 2);
  expect_close(2);
}

TEST_F(BreakerOfThreeNodes, waits_until_no_node_is_left_that_may_answer) {
  breaker_.unanswered(now_);
  ASSERT_EQ(advice(), Advice::send_probe);
  for (const std::size_t node : {0U, 1U, 2U}) {
    EXPECT_EQ(advice(), Advice::wait) << node;
    say(transport::Health::unhealthy, node);
  }
  EXPECT_EQ(advice(), Advice::refuse);
}

}  // namespace
}  // namespace sesam::n200
