// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Leave = PinVerdict::Leave;

auto soon() { return std::chrono::steady_clock::now() + 50ms; }

TEST(PinVerdict, is_shared_by_all_users_of_the_same_pin_of_the_same_key) {
  SharedVerdicts shared;
  PinVerdict(shared, "n1", "hsm01", "4711").refused();
  EXPECT_EQ(PinVerdict(shared, "n1", "hsm01", "4711").ask(soon()).leave, Leave::refused);
  EXPECT_EQ(PinVerdict(shared, "n1", "hsm01", "4712").ask(soon()).leave, Leave::to_try);
  EXPECT_EQ(PinVerdict(shared, "n1", "hsm01", "471").ask(soon()).leave, Leave::to_try);
  EXPECT_EQ(PinVerdict(shared, "n1", "hsm02", "4711").ask(soon()).leave, Leave::to_try);
}

TEST(PinVerdict, lets_a_proven_pin_pass_and_a_refused_one_never) {
  SharedVerdicts shared;
  PinVerdict good(shared, "n1", "hsm01", "1");
  PinVerdict bad(shared, "n1", "hsm01", "2");
  good.proven(0);
  bad.refused();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(good.ask(soon()).leave, Leave::granted);
    EXPECT_EQ(bad.ask(soon()).leave, Leave::refused);
  }
}

TEST(PinVerdict, that_was_proven_is_refused_for_every_user_once_it_is_refused_for_one) {
  SharedVerdicts shared;
  PinVerdict first(shared, "n1", "hsm01", "1");
  PinVerdict second(shared, "n1", "hsm01", "1");
  first.proven(0);
  ASSERT_EQ(second.ask(soon()).leave, Leave::granted);
  first.refused();
  first.proven(0);  // an older reply that another thread received
  EXPECT_EQ(second.ask(soon()).leave, Leave::refused);
  EXPECT_EQ(first.ask(soon()).leave, Leave::refused);
}

TEST(PinVerdict, that_the_table_has_no_room_for_is_proven_again_once) {
  SharedVerdicts shared;
  PinVerdict verdict(shared, "n1", "hsm01", "1");
  verdict.proven(0);
  ASSERT_EQ(verdict.ask(soon()).leave, Leave::granted);
  for (int i = 0; i < 100'000; ++i) PinVerdict(shared, "n1", "hsm02", std::to_string(i)).proven(0);
  PinVerdict(shared, "n1", "hsm03", "wrong").refused();
  const auto permission = verdict.ask(soon());
  ASSERT_EQ(permission.leave, Leave::to_try);
  verdict.proven(permission.trial);
  EXPECT_EQ(verdict.ask(soon()).leave, Leave::granted);
}

TEST(PinVerdict, lets_the_next_caller_try_when_the_first_learned_nothing) {
  SharedVerdicts shared;
  PinVerdict verdict(shared, "n1", "hsm01", "1");
  {
    const auto permission = verdict.ask(soon());
    ASSERT_EQ(permission.leave, Leave::to_try);
    const PinProbe probe(&verdict, permission.trial);
    ASSERT_EQ(verdict.ask(soon()).leave, Leave::wait);
  }
  EXPECT_EQ(verdict.ask(soon()).leave, Leave::to_try);
}

TEST(PinVerdict, sends_a_wrong_pin_from_one_of_many_threads) {
  SharedVerdicts shared;
  std::atomic<int> sent{0};
  std::atomic<int> refused{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      PinVerdict verdict(shared, "n1", "hsm01", "wrong");
      auto leave = Leave::wait;
      while ((leave = verdict.ask(std::chrono::steady_clock::now() + 10s).leave) == Leave::wait)
        std::this_thread::sleep_for(1ms);
      if (leave == Leave::to_try) {
        ++sent;
        std::this_thread::sleep_for(20ms);
        verdict.refused();
      } else {
        ++refused;
      }
    });
  threads.clear();
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(refused, 15);
}

TEST(PinVerdicts, of_the_nodes_are_independent) {
  SharedVerdicts shared;
  const std::string nodes[] = {"https://n1", "https://n2"};
  PinVerdicts mine(shared, nodes, "hsm01", "1");
  PinVerdicts another_users(shared, nodes, "hsm01", "1");
  EXPECT_EQ(mine.of(0).ask(soon()).leave, Leave::to_try);
  EXPECT_EQ(mine.of(1).ask(soon()).leave, Leave::to_try) << "a single flight for each node";
  mine.of(0).proven(0);
  mine.of(1).refused();
  EXPECT_EQ(another_users.of(0).ask(soon()).leave, Leave::granted);
  EXPECT_EQ(another_users.of(1).ask(soon()).leave, Leave::refused);
  EXPECT_TRUE(another_users.is_proven_by_another(1));
  EXPECT_FALSE(another_users.is_proven_by_another(0));
  mine.of(0).refused();
  EXPECT_FALSE(another_users.is_proven_by_another(1));
}

TEST(PinVerdicts, follow_the_node_and_not_its_number) {
  SharedVerdicts shared;
  const std::string nodes[] = {"https://n1", "https://n2"};
  const std::string turned[] = {"https://n2", "https://n1"};
  PinVerdicts(shared, nodes, "hsm01", "1").of(0).refused();
  EXPECT_EQ(PinVerdicts(shared, turned, "hsm01", "1").of(1).ask(soon()).leave, Leave::refused);
  EXPECT_EQ(PinVerdicts(shared, turned, "hsm01", "1").of(0).ask(soon()).leave, Leave::to_try);
}

TEST(PinVerdicts, without_nodes_are_one) {
  SharedVerdicts shared;
  PinVerdicts(shared, {}, "hsm01", "1").of(3).refused();
  EXPECT_EQ(PinVerdicts(shared, {}, "hsm01", "1").of(0).ask(soon()).leave, Leave::refused);
}

}  // namespace
}  // namespace sesam::n200
