// SPDX-License-Identifier: Apache-2.0
#include "n200/prompted_pins.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace sesam::n200 {
namespace {

constexpr std::chrono::minutes kLong{1};

PromptedPins::Clock::time_point later() { return PromptedPins::Clock::now() + kLong; }

Result<Secret> nobody() { return Error{Reason::pin_missing, "no answer"}; }

// Only one instance may exist at a time, as in the program: its mutex has a unique rank.
struct PromptedPinsTest : testing::Test {
  PromptedPins pins;
};

TEST_F(PromptedPinsTest, are_asked_for_once) {
  int asked = 0;
  const auto ask = [&]() -> Result<Secret> {
    ++asked;
    return Secret("4711");
  };
  for (int i = 0; i < 3; ++i) {
    const auto pin = pins.get("key", later(), ask);
    ASSERT_TRUE(pin);
    EXPECT_EQ(pin->reveal(), "4711");
  }
  EXPECT_EQ(asked, 1);
}

TEST_F(PromptedPinsTest, belong_to_one_key) {
  ASSERT_TRUE(pins.get("one", later(), [] { return Result<Secret>(Secret("1111")); }));
  const auto other = pins.get("other", later(), [] { return Result<Secret>(Secret("2222")); });
  ASSERT_TRUE(other);
  EXPECT_EQ(other->reveal(), "2222");
}

TEST_F(PromptedPinsTest, that_nobody_gave_are_asked_for_again) {
  EXPECT_EQ(pins.get("key", later(), nobody).error().reason, Reason::pin_missing);
  EXPECT_TRUE(pins.get("key", later(), [] { return Result<Secret>(Secret("4711")); }));
}

TEST_F(PromptedPinsTest, are_asked_for_again_after_an_exception) {
  EXPECT_THROW(
      static_cast<void>(pins.get("key", later(), []() -> Result<Secret> { throw std::bad_alloc(); })),
      std::bad_alloc);
  EXPECT_TRUE(pins.get("key", later(), [] { return Result<Secret>(Secret("4711")); }));
}

TEST_F(PromptedPinsTest, are_shared_by_threads_that_want_them_at_one_time) {
  std::atomic<int> asked{0}, good{0};
  std::promise<void> answered;
  const auto wait = answered.get_future().share();
  const auto ask = [&]() -> Result<Secret> {
    ++asked;
    wait.wait();
    return Secret("4711");
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto pin = pins.get("key", later(), ask);
      if (pin && pin->reveal() == "4711") ++good;
    });
  while (asked == 0) std::this_thread::yield();
  answered.set_value();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(good, 8);
}

TEST_F(PromptedPinsTest, are_not_waited_for_beyond_the_deadline) {
  std::promise<void> begun, answered;
  std::thread slow([&] {
    static_cast<void>(pins.get("key", later(), [&]() -> Result<Secret> {
      begun.set_value();
      answered.get_future().wait();
      return Secret("4711");
    }));
  });
  begun.get_future().wait();
  EXPECT_EQ(pins.get("key", PromptedPins::Clock::now(), nobody).error().reason, Reason::timed_out);
  answered.set_value();
  slow.join();
}

}  // namespace
}  // namespace sesam::n200
