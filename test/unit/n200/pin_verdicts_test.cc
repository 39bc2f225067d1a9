// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <gtest/gtest.h>
#include <openssl/async.h>

#include <atomic>
#include <thread>
#include <vector>

#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Leave = PinVerdict::Leave;

// A ProcessMutex must outlive the process, so each test leaks its own.
PinVerdicts& verdicts() { return *new PinVerdicts; }

// A pipeline that cannot pause jobs.
http::Pipeline& nobody() {
  static ScriptedPipeline pipeline({});
  return pipeline;
}

auto soon() { return std::chrono::steady_clock::now() + 50ms; }

TEST(PinVerdicts, are_shared_by_all_who_use_the_same_pin_of_the_same_key) {
  auto& all = verdicts();
  const auto verdict = all.of("hsm01", "4711");
  EXPECT_EQ(all.of("hsm01", "4711"), verdict);
  EXPECT_NE(all.of("hsm01", "4712"), verdict);
  EXPECT_NE(all.of("hsm01", "471"), verdict);
  EXPECT_NE(all.of("hsm02", "4711"), verdict);
}

TEST(PinVerdicts, remember_a_refused_pin_when_its_key_is_closed_and_forget_a_good_one) {
  auto& all = verdicts();
  all.of("hsm01", "1")->refused();
  all.of("hsm01", "2")->proven();
  EXPECT_EQ(all.of("hsm01", "1")->ask(soon(), nobody()), Leave::refused);
  const auto anew = all.of("hsm01", "2");
  ASSERT_EQ(anew->ask(soon(), nobody()), Leave::to_try);
  EXPECT_EQ(anew->ask(soon(), nobody()), Leave::timed_out) << "it is unproven again, so one at a time";
}

TEST(PinVerdict, lets_a_proven_pin_pass_and_a_refused_one_never) {
  PinVerdict good("hsm01", "1");
  PinVerdict bad("hsm01", "2");
  good.proven();
  bad.refused();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(good.ask(soon(), nobody()), Leave::granted);
    EXPECT_EQ(bad.ask(soon(), nobody()), Leave::refused);
  }
}

TEST(PinVerdict, lets_the_next_one_try_when_the_first_learned_nothing) {
  PinVerdict verdict("hsm01", "1");
  {
    ASSERT_EQ(verdict.ask(soon(), nobody()), Leave::to_try);
    const PinProbe probe(&verdict);
    ASSERT_EQ(verdict.ask(soon(), nobody()), Leave::timed_out);
  }
  EXPECT_EQ(verdict.ask(soon(), nobody()), Leave::to_try);
}

TEST(PinVerdict, of_a_paused_job_is_not_waited_for_by_its_thread) {
  static PinVerdict verdict("hsm01", "1");
  const auto job = [](void*) -> int {
    const Leave leave = verdict.ask(soon(), nobody());
    ASYNC_pause_job();
    return leave == Leave::to_try ? 1 : 0;
  };
  ASYNC_JOB* paused = nullptr;
  ASYNC_WAIT_CTX* context = ASYNC_WAIT_CTX_new();
  int outcome = 0;
  ASSERT_EQ(ASYNC_start_job(&paused, context, &outcome, job, nullptr, 0), ASYNC_PAUSE);
  EXPECT_EQ(verdict.ask(soon(), nobody()), Leave::to_try);
  EXPECT_EQ(verdict.ask(soon(), nobody()), Leave::timed_out) << "and by other threads no more than once";
  EXPECT_EQ(ASYNC_start_job(&paused, context, &outcome, job, nullptr, 0), ASYNC_FINISH);
  EXPECT_EQ(outcome, 1);
  ASYNC_WAIT_CTX_free(context);
}

TEST(PinVerdict, sends_a_wrong_pin_from_one_of_many_threads) {
  PinVerdict verdict("hsm01", "wrong");
  std::atomic<int> sent{0};
  std::atomic<int> refused{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      if (verdict.ask(std::chrono::steady_clock::now() + 10s, nobody()) == Leave::to_try) {
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
