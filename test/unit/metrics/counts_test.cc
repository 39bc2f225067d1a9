// SPDX-License-Identifier: Apache-2.0
#include "metrics/counts.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace sesam::metrics {
namespace {

using namespace std::chrono_literals;

TEST(SpreadCount, loses_nothing_when_many_threads_add) {
  SpreadCount count;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) count.add();
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count.get(), 16'000U);
  count.reset();
  EXPECT_EQ(count.get(), 0U);
}

TEST(Durations, fall_into_the_first_bucket_that_they_do_not_exceed) {
  Durations durations;
  durations.add(0us);
  durations.add(250us);
  durations.add(251us);
  durations.add(10s);
  durations.add(10s + 1us);
  EXPECT_EQ(durations.in_bucket(0), 2U);
  EXPECT_EQ(durations.in_bucket(1), 1U);
  EXPECT_EQ(durations.in_bucket(Durations::kBounds.size() - 1), 1U);
  EXPECT_EQ(durations.in_bucket(Durations::kBounds.size()), 1U) << "the one without a bound";
  EXPECT_EQ(durations.total(), 20s + 502us);
}

TEST(Durations, are_never_negative) {
  Durations durations;
  durations.add(-1s);
  EXPECT_EQ(durations.in_bucket(0), 1U);
  EXPECT_EQ(durations.total(), 0us);
}

TEST(Counts, begin_at_zero_in_a_forked_child_and_go_on_in_the_parent) {
  auto& mine = counts();
  mine.begin_in_this_process();
  mine.requests[3].add(2);
  mine.durations[3].add(1ms);
  mine.failures[static_cast<std::size_t>(Reason::wrong_pin)].add();
  mine.in_flight.up();
  mine.signatures.add();
  const pid_t child = fork();
  if (child == 0) {
    mine.begin_in_this_process();
    const bool zero = mine.all_requests() == 0 && mine.durations[3].total() == 0us &&
                      mine.all_failures() == 0 && mine.in_flight.get() == 0 && mine.signatures.get() == 0;
    mine.requests[3].add();
    mine.begin_in_this_process();
    _exit(zero && mine.all_requests() == 1 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  mine.begin_in_this_process();
  EXPECT_EQ(mine.all_requests(), 2U);
  EXPECT_EQ(mine.in_flight.get(), 1);
  mine.in_flight.down();
}

}  // namespace
}  // namespace sesam::metrics
