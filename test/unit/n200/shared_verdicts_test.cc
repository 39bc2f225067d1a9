// SPDX-License-Identifier: Apache-2.0
#include "n200/shared_verdicts.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Answer = SharedVerdicts::Answer;

auto in(std::chrono::milliseconds time) { return SharedVerdicts::Clock::now() + time; }

// Returns the exit status of a forked process that runs `body`.
template <class Body>
int in_child(Body&& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST(SharedVerdicts, reach_a_forked_process_and_come_back_from_it) {
  SharedVerdicts verdicts;
  const auto refused_here = verdicts.tag_of("n1", "hsm01", "1");
  const auto refused_there = verdicts.tag_of("n1", "hsm01", "2");
  const auto proven_there = verdicts.tag_of("n1", "hsm01", "3");
  verdicts.settle(refused_here, false);
  EXPECT_EQ(in_child([&] {
              verdicts.settle(verdicts.tag_of("n1", "hsm01", "2"), false);
              verdicts.settle(proven_there, true);
              return verdicts.ask(refused_here, in(10s)).answer == Answer::refused;
            }),
            0);
  EXPECT_EQ(verdicts.ask(refused_there, in(10s)).answer, Answer::refused);
  EXPECT_EQ(verdicts.ask(proven_there, in(10s)).answer, Answer::proven);
  EXPECT_EQ(verdicts.refusals(), 2U);
}

TEST(SharedVerdicts, let_a_forked_process_wait_for_a_trial_of_its_parent) {
  SharedVerdicts verdicts;
  const auto tag = verdicts.tag_of("n1", "hsm01", "1");
  ASSERT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::try_it);
  EXPECT_EQ(in_child([&] { return verdicts.ask(tag, in(10s)).answer == Answer::wait; }), 0);
}

TEST(SharedVerdicts, end_the_trial_of_a_process_that_died) {
  SharedVerdicts verdicts;
  const auto tag = verdicts.tag_of("n1", "hsm01", "1");
  ASSERT_EQ(in_child([&] { return verdicts.ask(tag, in(1h)).answer == Answer::try_it; }), 0);
  EXPECT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::try_it);
}

TEST(SharedVerdicts, end_the_trial_of_a_zombie) {
  SharedVerdicts verdicts;
  const auto tag = verdicts.tag_of("n1", "hsm01", "1");
  const pid_t child = ::fork();
  if (child == 0) {
    static_cast<void>(verdicts.ask(tag, in(1h)));
    ::_exit(0);
  }
  siginfo_t info;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::try_it);
  ::waitpid(child, nullptr, 0);
}

TEST(SharedVerdicts, end_a_trial_whose_deadline_has_passed) {
  SharedVerdicts verdicts;
  const auto tag = verdicts.tag_of("n1", "hsm01", "1");
  const auto first = verdicts.ask(tag, in(500ms));
  ASSERT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::wait);
  std::this_thread::sleep_for(510ms);
  ASSERT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::try_it);
  verdicts.release(tag, first.trial);
  EXPECT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::wait)
      << "the late caller released the other one's trial";
}

TEST(SharedVerdicts, survive_a_process_that_is_killed_amid_many_calls) {
  SharedVerdicts verdicts;
  const pid_t child = ::fork();
  if (child == 0)
    for (unsigned i = 0;; ++i) verdicts.settle(verdicts.tag_of("n1", "hsm01", std::to_string(i % 100)), true);
  std::this_thread::sleep_for(20ms);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(verdicts.ask(verdicts.tag_of("n1", "hsm02", "1"), in(10s)).answer, Answer::try_it);
}

// In some of these rounds the process holds the mutex.
TEST(SharedVerdicts, do_not_wait_for_a_process_that_is_stopped_amid_many_calls) {
  SharedVerdicts verdicts;
  const auto tag = verdicts.tag_of("n1", "hsm01", "1"), other = verdicts.tag_of("n1", "hsm02", "1");
  verdicts.settle(tag, true);
  const pid_t child = ::fork();
  if (child == 0)
    for (;;) static_cast<void>(verdicts.ask(other, in(10s)));
  int without = 0;
  for (int round = 0; round < 200; ++round) {
    std::this_thread::sleep_for(1ms);
    ::kill(child, SIGSTOP);
    ::waitpid(child, nullptr, WUNTRACED);
    const auto start = SharedVerdicts::Clock::now();
    const auto answer = verdicts.ask(tag, in(10s)).answer;
    EXPECT_LT(SharedVerdicts::Clock::now() - start, 2s);
    if (answer == Answer::wait) ++without;
    EXPECT_TRUE(answer == Answer::proven || answer == Answer::wait);
    ::kill(child, SIGCONT);
  }
  EXPECT_LT(without, 100) << "the mutex is held for too long";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(verdicts.ask(tag, in(10s)).answer, Answer::proven);
}

TEST(SharedVerdicts, keep_refusals_when_thousands_of_other_pairs_come) {
  SharedVerdicts verdicts;
  const auto refused = verdicts.tag_of("n1", "hsm01", "wrong");
  verdicts.settle(refused, false);
  for (int i = 0; i < 20000; ++i) verdicts.settle(verdicts.tag_of("n1", "hsm02", std::to_string(i)), true);
  EXPECT_EQ(verdicts.ask(refused, in(10s)).answer, Answer::refused);
}

TEST(SharedVerdicts, tell_pairs_apart_by_a_key_of_their_own) {
  SharedVerdicts verdicts, others;
  EXPECT_NE(verdicts.tag_of("n1", "hsm01", "12"), verdicts.tag_of("n1", "hsm011", "2"));
  EXPECT_NE(verdicts.tag_of("n1", "hsm01", "12"), others.tag_of("n1", "hsm01", "12"));
  EXPECT_EQ(verdicts.tag_of("n1", "hsm01", "12"), verdicts.tag_of("n1", "hsm01", "12"));
}

}  // namespace
}  // namespace sesam::n200
