// SPDX-License-Identifier: Apache-2.0
#include "n200/refused_access.h"

#include <gtest/gtest.h>

#include <thread>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;

const Error kDenied{Reason::access_denied, "the device says so"};

// A ProcessMutex must outlive the process, so each test leaks its own.
RefusedAccess& memory() { return *new RefusedAccess; }

auto in(std::chrono::milliseconds time) { return RefusedAccess::Clock::now() + time; }

TEST(RefusedAccess, returns_a_refusal_instead_of_the_same_request) {
  auto& refused = memory();
  EXPECT_TRUE(refused.is_empty());
  EXPECT_FALSE(refused.ask("a", in(1s)));
  refused.refused("a", kDenied, 401, false);
  const auto remembered = refused.ask("a", in(1s));
  ASSERT_TRUE(remembered);
  EXPECT_EQ(remembered->error.reason, Reason::access_denied);
  EXPECT_EQ(remembered->error.detail, "the device says so");
  EXPECT_EQ(remembered->status, 401);
  EXPECT_FALSE(refused.ask("b", in(1s)));
}

TEST(RefusedAccess, pauses_for_30_s_after_a_request_that_was_never_let_in) {
  auto& refused = memory();
  refused.refused("a", kDenied, 401, false);
  EXPECT_EQ(refused.ask("a", in(1s))->pause, 30s);
}

TEST(RefusedAccess, pauses_for_1_s_first_where_the_request_was_let_in_before) {
  auto& refused = memory();
  refused.refused("a", kDenied, 401, true);
  EXPECT_EQ(refused.ask("a", in(1s))->pause, 1s);
}

TEST(RefusedAccess, lets_one_caller_try_after_the_pause_and_doubles_it) {
  auto& refused = memory();
  refused.refused("a", kDenied, 401, true);
  std::this_thread::sleep_for(1010ms);
  EXPECT_FALSE(refused.ask("a", in(10s))) << "the first caller";
  EXPECT_TRUE(refused.ask("a", in(10s))) << "a second one meanwhile";
  refused.refused("a", kDenied, 401, true);
  EXPECT_EQ(refused.ask("a", in(10s))->pause, 2s);
}

TEST(RefusedAccess, lets_the_next_caller_try_when_the_first_got_no_answer) {
  auto& refused = memory();
  refused.refused("a", kDenied, 401, true);
  std::this_thread::sleep_for(1010ms);
  ASSERT_FALSE(refused.ask("a", in(10s)));
  refused.unanswered("a");
  EXPECT_FALSE(refused.ask("a", in(20ms)));
  std::this_thread::sleep_for(30ms);
  EXPECT_FALSE(refused.ask("a", in(10s))) << "the deadline of the second one has passed";
}

TEST(RefusedAccess, counts_requests_that_were_under_way_together_as_one_refusal) {
  auto& refused = memory();
  for (int i = 0; i < 16; ++i) refused.refused("a", kDenied, 401, true);
  EXPECT_EQ(refused.ask("a", in(1s))->pause, 1s);
}

TEST(RefusedAccess, is_cleared_by_a_success) {
  auto& refused = memory();
  refused.refused("a", kDenied, 401, false);
  refused.note_authorized("a", in(0s));
  EXPECT_TRUE(refused.is_empty());
  EXPECT_FALSE(refused.ask("a", in(1s)));
}

TEST(RefusedAccess, is_not_cleared_by_the_late_reply_to_an_earlier_request) {
  auto& refused = memory();
  const auto begun = in(0s);
  refused.refused("a", kDenied, 401, false);
  refused.note_authorized("a", begun);
  EXPECT_TRUE(refused.ask("a", in(1s)));
}

TEST(RefusedAccess, tells_logins_apart_by_node_user_and_password) {
  auto& refused = memory();
  const auto first = refused.login("https://a", "user", Secret("one"));
  EXPECT_EQ(refused.login("https://a", "user", Secret("one")), first);
  EXPECT_NE(refused.login("https://b", "user", Secret("one")), first);
  EXPECT_NE(refused.login("https://a", "other", Secret("one")), first);
  EXPECT_NE(refused.login("https://a", "user", Secret("two")), first);
  EXPECT_EQ(refused.login("https://a", "user", Secret("one")), first);
}

TEST(RefusedAccess, stays_bounded) {
  auto& refused = memory();
  for (std::size_t i = 0; i < 2 * RefusedAccess::kMaxRefusals; ++i)
    refused.refused(std::to_string(i), kDenied, 403, false);
  std::size_t known = 0;
  for (std::size_t i = 0; i < 2 * RefusedAccess::kMaxRefusals; ++i)
    known += refused.ask(std::to_string(i), in(1s)).has_value() ? 1 : 0;
  EXPECT_EQ(known, RefusedAccess::kMaxRefusals);
}

}  // namespace
}  // namespace sesam::n200
