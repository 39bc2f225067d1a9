// SPDX-License-Identifier: Apache-2.0
#include "base/cancellation.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <optional>
#include <thread>

namespace sesam {
namespace {

// Reads the state without changing it.
int state_of_this_thread() {
  int state = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  pthread_setcancelstate(state, nullptr);
  return state;
}

TEST(Cancellation, is_held_until_the_outermost_ends) {
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_ENABLE);
  {
    const HeldCancellation outer;
    { const HeldCancellation inner; }
    EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_DISABLE);
  }
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_ENABLE);
}

TEST(Cancellation, stays_disabled_where_the_application_disabled_it) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
  {
    const HeldCancellation held;
    const ReleasedCancellation released;
    EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_DISABLE);
  }
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_DISABLE);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, nullptr);
}

TEST(Cancellation, is_the_applications_own_while_a_job_pauses) {
  std::optional<HeldCancellation> first, second;  // of two jobs, which alternate on this thread
  std::optional<ReleasedCancellation> first_pause, second_pause;
  first.emplace();
  first_pause.emplace();
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_ENABLE);
  second.emplace();
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_DISABLE);
  second_pause.emplace();
  first_pause.reset();
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_DISABLE);
  first.reset();
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_ENABLE);
  second_pause.reset();
  second.reset();
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_ENABLE);
}

TEST(Cancellation, is_restored_in_the_thread_that_a_job_goes_on_in) {
  std::optional<HeldCancellation> held(std::in_place);
  std::optional<ReleasedCancellation> pause(std::in_place);
  std::thread([&] {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
    pause.reset();
    held.reset();
    EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_DISABLE);
  }).join();
  EXPECT_EQ(state_of_this_thread(), PTHREAD_CANCEL_ENABLE);
}

}  // namespace
}  // namespace sesam
