// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include <gtest/gtest.h>

namespace sesam::simulator {
namespace {

// An event loop on this thread and one core.
class CoreTest : public testing::Test {
 protected:
  void submit() {
    core_.submit([this]() -> Core::Finish { return [this] { ++done_, loop_.stop(); }; },
                 Clock::duration::zero());
  }
  void run_for(std::chrono::milliseconds time) {
    loop_.after(time, [this] { loop_.stop(); });
    loop_.run();
  }

  int done_ = 0;
  EventLoop loop_;
  Core core_{loop_};
};

TEST_F(CoreTest, hangs_until_it_is_released) {
  core_.hang_until(Clock::time_point::max());
  submit();
  run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(done_, 0);
  core_.hang_until(Clock::time_point::min());
  loop_.run();
  EXPECT_EQ(done_, 1);
}

TEST_F(CoreTest, hangs_for_the_time_given) {
  const auto end = Clock::now() + std::chrono::milliseconds(50);
  core_.hang_until(end);
  submit();
  loop_.run();
  EXPECT_EQ(done_, 1);
  EXPECT_GE(Clock::now(), end);
}

TEST_F(CoreTest, ends_with_its_device_while_it_hangs) {
  core_.hang_until(Clock::time_point::max());
  submit();
}

}  // namespace
}  // namespace sesam::simulator
