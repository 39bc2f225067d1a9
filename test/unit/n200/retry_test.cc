// SPDX-License-Identifier: Apache-2.0
#include "n200/retry.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using http::Failure;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kAmple{60'000};

Attempt attempt(Fault fault, unsigned number = 1, bool may_have_acted = true) {
  Attempt made;
  made.fault = fault;
  made.number = number;
  made.may_have_acted = may_have_acted;
  made.time_left = kAmple;
  return made;
}

TEST(Fault, is_the_line_for_a_lost_connection_and_a_misdirected_request) {
  EXPECT_EQ(fault_of(Failure::connection_lost, 0), Fault::line);
  EXPECT_EQ(fault_of(Failure::none, 421), Fault::line);
}

TEST(Fault, is_an_unreachable_node_where_no_connection_came_about) {
  for (const auto failure : {Failure::cannot_connect, Failure::cannot_resolve, Failure::connect_timed_out})
    EXPECT_EQ(fault_of(failure, 0), Fault::unreachable);
}

TEST(Fault, is_a_silent_or_busy_node_as_the_status_says) {
  EXPECT_EQ(fault_of(Failure::timed_out, 0), Fault::silent);
  EXPECT_EQ(fault_of(Failure::none, 502), Fault::silent);
  EXPECT_EQ(fault_of(Failure::none, 504), Fault::silent);
  EXPECT_EQ(fault_of(Failure::none, 429), Fault::busy);
  EXPECT_EQ(fault_of(Failure::none, 503), Fault::busy);
}

TEST(Fault, is_none_where_another_try_would_end_alike) {
  for (const int status : {200, 301, 400, 401, 403, 404, 409, 420, 422, 500})
    EXPECT_EQ(fault_of(Failure::none, status), Fault::none) << status;
  for (const auto failure :
       {Failure::bad_url, Failure::queue_timed_out, Failure::certificate_not_trusted,
        Failure::host_name_mismatch, Failure::bad_ca_file, Failure::bad_client_certificate,
        Failure::tls_failed, Failure::too_large, Failure::wrong_libcrypto, Failure::out_of_memory,
        Failure::stopped, Failure::other})
    EXPECT_EQ(fault_of(failure, 0), Fault::none) << static_cast<int>(failure);
}

TEST(Fault, is_ours_where_this_process_is_at_its_limit_and_never_the_nodes) {
  EXPECT_EQ(fault_of(Failure::process_limit, 0), Fault::ours);
  EXPECT_FALSE(is_of_the_node(Fault::ours, 5, false));
}

TEST(Fault, of_the_line_is_the_nodes_only_when_it_comes_twice_in_a_row) {
  EXPECT_FALSE(is_of_the_node(Fault::none, 5, false));
  EXPECT_FALSE(is_of_the_node(Fault::line, 1, false));
  EXPECT_TRUE(is_of_the_node(Fault::line, 2, true));
  for (const auto fault : {Fault::unreachable, Fault::silent, Fault::busy})
    EXPECT_TRUE(is_of_the_node(fault, 1, false));
}

TEST(Fault, of_silence_is_not_the_nodes_while_it_answers_others) {
  EXPECT_FALSE(is_of_the_node(Fault::silent, 1, true));
  for (const auto fault : {Fault::unreachable, Fault::busy}) EXPECT_TRUE(is_of_the_node(fault, 1, true));
}

TEST(Retry, is_for_every_fault_and_for_nothing_else) {
  EXPECT_FALSE(retry_after(attempt(Fault::none), Repetition::harmless, 0));
  for (const auto fault : {Fault::line, Fault::unreachable, Fault::silent, Fault::busy, Fault::ours})
    EXPECT_TRUE(retry_after(attempt(fault), Repetition::harmless, 0)) << static_cast<int>(fault);
}

TEST(Retry, of_what_would_harm_is_only_for_what_surely_was_not_done) {
  EXPECT_FALSE(retry_after(attempt(Fault::line), Repetition::harmful, 0));
  EXPECT_TRUE(retry_after(attempt(Fault::line, 1, false), Repetition::harmful, 0));
  EXPECT_FALSE(retry_after(attempt(Fault::silent), Repetition::harmful, 0));
  for (const int status : {421, 429, 503}) {
    Attempt answered = attempt(fault_of(Failure::none, status));
    answered.status = status;
    EXPECT_EQ(retry_after(answered, Repetition::harmful, 0).has_value(), status != 503) << status;
  }
}

TEST(Retry, does_not_wait_for_a_device_that_never_answered) {
  Attempt never = attempt(Fault::unreachable);
  never.known = false;
  EXPECT_FALSE(retry_after(never, Repetition::harmless, 0));
  never.another_node = true;
  EXPECT_TRUE(retry_after(never, Repetition::harmless, 0));
}

TEST(Retry, comes_at_once_after_a_first_broken_connection_and_later_each_time) {
  const int expected[] = {0, 25, 50, 100, 200, 400, 800, 1000, 1000};
  unsigned number = 1;
  for (const int pause : expected)
    EXPECT_EQ(retry_after(attempt(Fault::line, number++), Repetition::harmless, 1), milliseconds(pause))
        << number;
  EXPECT_EQ(retry_after(attempt(Fault::line, 4'000'000'000U), Repetition::harmless, 1), milliseconds(1000));
  EXPECT_EQ(retry_after(attempt(Fault::unreachable, 1), Repetition::harmless, 1), milliseconds(25));
}

TEST(Retry, goes_to_another_node_at_once) {
  for (const auto fault : {Fault::line, Fault::unreachable, Fault::silent, Fault::busy}) {
    Attempt elsewhere = attempt(fault, 3);
    elsewhere.another_node = true;
    elsewhere.asked_for = seconds(20);
    EXPECT_EQ(retry_after(elsewhere, Repetition::harmless, 1), milliseconds(0));
  }
}

TEST(Retry, comes_no_sooner_than_a_busy_node_asked_for) {
  Attempt busy = attempt(Fault::busy);
  busy.asked_for = seconds(2);
  EXPECT_EQ(retry_after(busy, Repetition::harmless, 1), milliseconds(2000));
  busy.asked_for = seconds(61);
  EXPECT_FALSE(retry_after(busy, Repetition::harmless, 1));
}

TEST(Retry, is_spread_over_half_of_its_pause) {
  EXPECT_EQ(retry_after(attempt(Fault::line, 3), Repetition::harmless, 0), milliseconds(25));
  EXPECT_EQ(retry_after(attempt(Fault::line, 3), Repetition::harmless, 0.5), milliseconds(37));
  EXPECT_EQ(retry_after(attempt(Fault::line, 3), Repetition::harmless, 1), milliseconds(50));
}

TEST(Retry, ends_with_the_deadline) {
  Attempt late = attempt(Fault::line, 2);
  late.time_left = milliseconds(25);
  EXPECT_FALSE(retry_after(late, Repetition::harmless, 1));
  late.time_left = milliseconds(26);
  EXPECT_TRUE(retry_after(late, Repetition::harmless, 1));
  for (const auto left : {milliseconds(0), milliseconds(-5)}) {
    late.number = 1;
    late.time_left = left;
    EXPECT_FALSE(retry_after(late, Repetition::harmless, 1));
  }
}

}  // namespace
}  // namespace sesam::n200
