// SPDX-License-Identifier: Apache-2.0
#include "transport/admission.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;
using Shape = Admission::Shape;

class AdmissionTest : public testing::Test {
 protected:
  Call& arrive(Admission& admission, Clock::time_point deadline = Clock::time_point::max()) {
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    call.deadline = deadline;
    call.repeatable = true;
    admission.arrive(call);
    return call;
  }
  /// Sends the scout ahead over a new HTTP/2 connection and has it answered.
  void open(Admission& admission, Shape shape = Shape::streams) {
    Call& scout = arrive(admission);
    ASSERT_EQ(admission.next(), &scout);
    // Another call stays in flight; otherwise the gate would close with the scout.
    Call& other = arrive(admission);
    admission.connecting(scout);
    admission.connected(scout, shape, true, now_);
    admission.answered(scout, shape);
    ASSERT_EQ(admission.next(), &other);
    admission.leave(scout);
    ASSERT_TRUE(admission.is_open());
  }
  unsigned send_all(Admission& admission) {
    unsigned sent = 0;
    while (admission.next() != nullptr) ++sent;
    return sent;
  }

  const Clock::time_point now_ = Clock::now();
  std::vector<std::unique_ptr<Call>> calls_;
};

// Otherwise the I/O thread would not sleep until the handshake ends.
TEST_F(AdmissionTest, has_no_event_in_the_past_while_a_second_new_connection_is_made) {
  for (const bool fails : {false, true}) {
    Admission admission({256, 256, 64});
    open(admission);
    Call& first = arrive(admission);
    Call& second = arrive(admission);
    ASSERT_EQ(send_all(admission), 2U);
    // Their connection ended before they were sent.
    admission.connecting(first);
    admission.connected(first, Shape::streams, true, now_);
    Call& waiting = arrive(admission);
    ASSERT_LT(admission.next_event(), now_ + 1s) << "it does not wait long for the reply";
    if (fails)
      admission.connect_failed();
    else
      admission.connecting(second);  // this one ended, too
    EXPECT_EQ(admission.next(), fails ? &waiting : nullptr);
    arrive(admission);
    admission.tick(now_ + 1s);
    EXPECT_GT(admission.next_event(), now_ + 1s) << fails;
  }
}

TEST_F(AdmissionTest, serves_first_come_first_served) {
  Admission admission({256, 256, 64});
  open(admission);
  std::vector<Call*> order;
  for (int i = 0; i < 100; ++i) order.push_back(&arrive(admission));
  for (Call* expected : order) EXPECT_EQ(admission.next(), expected);
  EXPECT_EQ(admission.next(), nullptr);
}

TEST_F(AdmissionTest, sends_a_single_scout_while_no_connection_is_up) {
  Admission admission({256, 256, 64});
  Call& scout = arrive(admission);
  for (int i = 0; i < 10; ++i) arrive(admission);
  EXPECT_EQ(admission.next(), &scout);
  EXPECT_EQ(admission.next(), nullptr);
  EXPECT_FALSE(admission.has_next());
}

TEST_F(AdmissionTest, opens_when_the_scout_is_answered) {
  Admission admission({256, 256, 64});
  Call& scout = arrive(admission);
  for (int i = 0; i < 10; ++i) arrive(admission);
  admission.next();
  admission.connecting(scout);
  admission.connected(scout, Shape::streams, true, now_);
  EXPECT_EQ(admission.next(), nullptr) << "the server's settings are not known yet";
  admission.answered(scout, Shape::streams);
  EXPECT_EQ(send_all(admission), 10U);
}

TEST_F(AdmissionTest, does_not_wait_for_ever_for_a_slow_scout) {
  Admission admission({256, 256, 64});
  Call& scout = arrive(admission);
  for (int i = 0; i < 10; ++i) arrive(admission);
  admission.next();
  admission.connected(scout, Shape::streams, true, now_);
  ASSERT_NE(admission.next_event(), Clock::time_point::max());
  admission.tick(admission.next_event());
  EXPECT_EQ(send_all(admission), 10U);
}

TEST_F(AdmissionTest, opens_at_once_over_a_connection_that_stands) {
  Admission admission({256, 256, 64});
  open(admission);
  admission.leave(*calls_.back());
  EXPECT_FALSE(admission.is_open()) << "with nothing in flight nobody knows";
  Call& next = arrive(admission);
  for (int i = 0; i < 10; ++i) arrive(admission);
  EXPECT_EQ(admission.next(), &next);
  EXPECT_EQ(admission.next(), nullptr);
  admission.connected(next, Shape::streams, false, now_);
  EXPECT_EQ(send_all(admission), 10U);
}

TEST_F(AdmissionTest, keeps_to_the_streams_of_one_connection) {
  Admission admission({256, 8, 64});
  open(admission);
  for (int i = 0; i < 100; ++i) arrive(admission);
  EXPECT_EQ(send_all(admission), 7U) << "one was in flight already";
  EXPECT_EQ(admission.in_flight(), 8U);
}

TEST_F(AdmissionTest, keeps_to_max_in_flight_if_that_is_less) {
  Admission admission({5, 256, 64});
  open(admission);
  for (int i = 0; i < 100; ++i) arrive(admission);
  send_all(admission);
  EXPECT_EQ(admission.in_flight(), 5U);
}

TEST_F(AdmissionTest, takes_several_connections_where_the_server_speaks_http_1) {
  Admission admission({256, 256, 6});
  Call& scout = arrive(admission);
  for (int i = 0; i < 100; ++i) arrive(admission);
  admission.next();
  admission.connecting(scout);
  admission.connected(scout, Shape::connections, true, now_);
  send_all(admission);
  EXPECT_EQ(admission.in_flight(), 6U)
      << "without waiting for the scout's reply: there are no settings to wait for";
  EXPECT_EQ(admission.shape(), Shape::connections);
}

TEST_F(AdmissionTest, makes_connections_of_http_1_side_by_side) {
  Admission admission({256, 256, 16});
  open(admission, Shape::connections);
  Call& opener = arrive(admission);
  ASSERT_EQ(admission.next(), &opener);
  admission.connecting(opener);
  EXPECT_TRUE(admission.is_open());
}

TEST_F(AdmissionTest, learns_the_version_from_the_reply_if_the_handshake_does_not_tell) {
  Admission admission({256, 256, 6});
  Call& scout = arrive(admission);
  for (int i = 0; i < 100; ++i) arrive(admission);
  admission.next();
  admission.connected(scout, Shape::unknown, true, now_);
  EXPECT_EQ(admission.next(), nullptr);
  admission.answered(scout, Shape::connections);
  send_all(admission);
  EXPECT_EQ(admission.in_flight(), 6U);
}

TEST_F(AdmissionTest, holds_back_while_a_lost_connection_is_made_anew) {
  Admission admission({256, 256, 64});
  open(admission);
  Call& first = arrive(admission);
  ASSERT_EQ(admission.next(), &first);
  admission.connecting(first);
  arrive(admission);
  EXPECT_EQ(admission.next(), nullptr);
  admission.connected(first, Shape::streams, true, now_);
  admission.answered(first, Shape::streams);
  EXPECT_NE(admission.next(), nullptr);
}

TEST_F(AdmissionTest, is_not_opened_by_a_reply_over_the_old_connection) {
  Admission admission({256, 256, 64});
  open(admission);
  Call& old = *calls_.back();
  Call& first = arrive(admission);
  ASSERT_EQ(admission.next(), &first);
  admission.connecting(first);
  admission.answered(old, Shape::streams);
  admission.leave(old);
  arrive(admission);
  EXPECT_EQ(admission.next(), nullptr);
}

TEST_F(AdmissionTest, sends_another_scout_after_one_that_failed) {
  Admission admission({256, 256, 64});
  Call& scout = arrive(admission);
  Call& second = arrive(admission);
  Call& third = arrive(admission);
  admission.next();
  admission.leave(scout);
  admission.connect_failed();
  EXPECT_EQ(admission.next(), &second);
  EXPECT_EQ(admission.next(), nullptr);
  admission.connected(second, Shape::streams, true, now_);
  admission.leave(second);  // without any reply
  EXPECT_EQ(admission.next(), &third);
}

TEST_F(AdmissionTest, learns_that_the_server_allows_fewer_streams) {
  Admission admission({256, 256, 64});
  open(admission);
  for (int i = 0; i < 100; ++i) arrive(admission);
  for (int i = 0; i < 15; ++i) admission.next();
  admission.kept_waiting(8, now_);  // 16 in flight, 8 of them sent
  EXPECT_EQ(admission.next(), nullptr);
  for (int i = 0; i < 8; ++i) admission.leave(*calls_.back());
  EXPECT_EQ(admission.next(), nullptr);
  admission.leave(*calls_.back());
  EXPECT_NE(admission.next(), nullptr);
  EXPECT_EQ(admission.next(), nullptr);
}

TEST_F(AdmissionTest, tries_the_configured_limit_again_after_a_while) {
  Admission admission({256, 256, 64});
  open(admission);
  for (int i = 0; i < 400; ++i) arrive(admission);
  for (int i = 0; i < 15; ++i) admission.next();
  admission.kept_waiting(8, now_);
  const auto event = admission.next_event();
  ASSERT_NE(event, Clock::time_point::max());
  admission.tick(event);
  send_all(admission);
  EXPECT_EQ(admission.in_flight(), 256U);
}

TEST_F(AdmissionTest, never_falls_to_a_limit_of_none) {
  Admission admission({256, 256, 64});
  open(admission);
  admission.kept_waiting(100, now_);
  admission.leave(*calls_.back());
  Call& scout = arrive(admission);
  EXPECT_EQ(admission.next(), &scout);
}

class FullServerTest : public AdmissionTest {
 protected:
  /// Opens eight connections. The last five are turned
  /// away, the others answered; one of those stays in use.
  void SetUp() override {
    Call& scout = arrive(admission_);
    for (int i = 0; i < 40; ++i) arrive(admission_);
    ASSERT_EQ(admission_.next(), &scout);
    admission_.connecting(scout);
    admission_.connected(scout, Shape::connections, true, now_);
    for (std::size_t i = 1; i < 8; ++i) ASSERT_EQ(admission_.next(), calls_[i].get());
    for (std::size_t i = 7; i >= 3; --i) turn_away(*calls_[i], 1);
    for (std::size_t i = 0; i < 3; ++i) {
      admission_.replied(*calls_[i], true, now_);
      if (i != 0) admission_.leave(*calls_[i]);
    }
  }
  void turn_away(Call& call, unsigned standing) {
    ASSERT_TRUE(admission_.turned_away(call, standing, now_, now_));
    admission_.leave(call);
    admission_.come_back(call);
  }

  Admission admission_{{256, 256, 64}};
};

TEST_F(FullServerTest, has_those_turned_away_wait_in_the_order_in_which_they_came) {
  EXPECT_EQ(admission_.learned_connections(), 4U);
  for (std::size_t i = 3; i < 6; ++i) EXPECT_EQ(admission_.next(), calls_[i].get());
  EXPECT_EQ(admission_.next(), nullptr);
}

TEST_F(FullServerTest, tries_one_connection_more_after_a_while) {
  send_all(admission_);
  const auto event = admission_.next_event();
  ASSERT_NE(event, Clock::time_point::max());
  admission_.tick(event);
  Call* probe = admission_.next();
  ASSERT_NE(probe, nullptr);
  EXPECT_EQ(admission_.next(), nullptr);
  turn_away(*probe, 4);
  EXPECT_EQ(admission_.next(), nullptr) << "at once";
  admission_.tick(admission_.next_event());
  EXPECT_EQ(admission_.next(), probe);
}

TEST_F(FullServerTest, never_tries_one_more_with_what_cannot_be_repeated) {
  send_all(admission_);
  for (const auto& call : calls_) call->repeatable = false;
  admission_.tick(admission_.next_event());
  EXPECT_EQ(admission_.next(), nullptr);
  EXPECT_EQ(admission_.next_event(), Clock::time_point::max()) << "or the thread would spin";
  calls_[20]->repeatable = true;
  EXPECT_EQ(admission_.next(), calls_[20].get());
  EXPECT_EQ(admission_.next(), nullptr);
}

TEST_F(FullServerTest, sends_what_cannot_be_repeated_over_connections_that_are_known_to_be_allowed) {
  for (const auto& call : calls_) call->repeatable = false;
  const unsigned sent = send_all(admission_);
  EXPECT_GE(sent, 1U);
  EXPECT_LE(sent, 2U) << "more than that were not answered side by side";
}

TEST_F(FullServerTest, gives_away_no_place_to_a_handshake_that_hangs) {
  send_all(admission_);
  for (std::size_t i = 3; i < 5; ++i) admission_.leave(*calls_[i]);
  ASSERT_EQ(send_all(admission_), 2U);
  admission_.watch(2, 4, now_);  // two of the four connections hang
  EXPECT_EQ(send_all(admission_), 2U);
}

TEST_F(AdmissionTest, takes_a_lone_connection_that_is_turned_away_for_a_failure) {
  Admission admission({256, 256, 64});
  open(admission, Shape::connections);
  EXPECT_FALSE(admission.turned_away(*calls_.back(), 0, now_, now_));
  EXPECT_TRUE(admission.turned_away(*calls_.back(), 1, now_, now_)) << "an idle one stands";
}

TEST_F(AdmissionTest, gives_out_who_waited_until_its_deadline_and_keeps_the_order_of_the_others) {
  Admission admission({256, 256, 64});
  Call& scout = arrive(admission);
  ASSERT_EQ(admission.next(), &scout);
  Call& late = arrive(admission, now_ + 3s);
  Call& early = arrive(admission, now_ + 1s);
  Call& later = arrive(admission, now_ + 4s);
  Call& early_too = arrive(admission, now_ + 1s);
  EXPECT_EQ(admission.take_expired(now_), nullptr);
  EXPECT_EQ(admission.next_event(), now_ + 1s);
  EXPECT_EQ(admission.take_expired(now_ + 1s), &early);
  EXPECT_EQ(early.next, &early_too);
  EXPECT_EQ(early_too.next, nullptr);
  EXPECT_EQ(admission.next_event(), now_ + 3s);
  Call* rest = admission.take_all();
  EXPECT_EQ(rest, &late);
  EXPECT_EQ(rest->next, &later);
  EXPECT_EQ(admission.next_event(), Clock::time_point::max());
}

}  // namespace
}  // namespace sesam::transport
