// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Leave = PinVerdict::Leave;

// A pipeline that cannot pause jobs.
transport::Pipeline& nobody() {
  static ScriptedPipeline pipeline({});
  return pipeline;
}

auto soon() { return std::chrono::steady_clock::now() + 50ms; }

TEST(PinVerdict, is_shared_by_all_users_of_the_same_pin_of_the_same_key) {
  SharedVerdicts shared;
  PinVerdict(shared, "hsm01", "4711").refused();
  EXPECT_EQ(PinVerdict(shared, "hsm01", "4711").ask(soon(), nobody()).leave, Leave::refused);
  EXPECT_EQ(PinVerdict(shared, "hsm01", "4712").ask(soon(), nobody()).leave, Leave::to_try);
  EXPECT_EQ(PinVerdict(shared, "hsm01", "471").ask(soon(), nobody()).leave, Leave::to_try);
  EXPECT_EQ(PinVerdict(shared, "hsm02", "4711").ask(soon(), nobody()).leave, Leave::to_try);
}

TEST(PinVerdict, lets_a_proven_pin_pass_and_a_refused_one_never) {
  SharedVerdicts shared;
  PinVerdict good(shared, "hsm01", "1");
  PinVerdict bad(shared, "hsm01", "2");
  good.proven(0);
  bad.refused();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(good.ask(soon(), nobody()).leave, Leave::granted);
    EXPECT_EQ(bad.ask(soon(), nobody()).leave, Leave::refused);
  }
}

TEST(PinVerdict, that_was_proven_is_refused_for_every_user_once_it_is_refused_for_one) {
  SharedVerdicts shared;
  PinVerdict first(shared, "hsm01", "1");
  PinVerdict second(shared, "hsm01", "1");
  first.proven(0);
  ASSERT_EQ(second.ask(soon(), nobody()).leave, Leave::granted);
  first.refused();
  first.proven(0);  // an older reply of another thread
  EXPECT_EQ(second.ask(soon(), nobody()).leave, Leave::refused);
  EXPECT_EQ(first.ask(soon(), nobody()).leave, Leave::refused);
}

TEST(PinVerdict, that_the_table_has_no_room_for_is_proven_again_once) {
  SharedVerdicts shared;
  PinVerdict verdict(shared, "hsm01", "1");
  verdict.proven(0);
  ASSERT_EQ(verdict.ask(soon(), nobody()).leave, Leave::granted);
  for (int i = 0; i < 100'000; ++i) PinVerdict(shared, "hsm02", std::to_string(i)).proven(0);
  PinVerdict(shared, "hsm03", "wrong").refused();
  const auto permission = verdict.ask(soon(), nobody());
  ASSERT_EQ(permission.leave, Leave::to_try);
  verdict.proven(permission.trial);
  EXPECT_EQ(verdict.ask(soon(), nobody()).leave, Leave::granted);
}

TEST(PinVerdict, lets_the_next_caller_try_when_the_first_learned_nothing) {
  SharedVerdicts shared;
  PinVerdict verdict(shared, "hsm01", "1");
  {
    const auto permission = verdict.ask(soon(), nobody());
    ASSERT_EQ(permission.leave, Leave::to_try);
    const PinProbe probe(&verdict, permission.trial);
    ASSERT_EQ(verdict.ask(soon(), nobody()).leave, Leave::timed_out);
  }
  EXPECT_EQ(verdict.ask(soon(), nobody()).leave, Leave::to_try);
}

TEST(PinVerdict, sends_a_wrong_pin_from_one_of_many_threads) {
  SharedVerdicts shared;
  std::atomic<int> sent{0};
  std::atomic<int> refused{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      PinVerdict verdict(shared, "hsm01", "wrong");
      if (verdict.ask(std::chrono::steady_clock::now() + 10s, nobody()).leave == Leave::to_try) {
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

}  // namespace
}  // namespace sesam::n200
