// SPDX-License-Identifier: Apache-2.0
#include "ossl/call_gate.h"

#include <gtest/gtest.h>

#include <future>

namespace sesam::ossl {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

bool others_may_enter(CallGate& gate) {
  return std::async(std::launch::async,
                    [&] {
                      const bool entered = gate.enter();
                      if (entered) gate.leave();
                      return entered;
                    })
      .get();
}

TEST(CallGate, is_open_to_all_until_it_is_closed) {
  CallGate gate;
  EXPECT_TRUE(others_may_enter(gate));
  EXPECT_TRUE(gate.enter());
  gate.leave();
  EXPECT_TRUE(gate.wait_until_empty(Clock::now()));
}

TEST(CallGate, is_then_open_to_the_thread_that_closed_it) {
  CallGate gate;
  gate.close();
  EXPECT_FALSE(others_may_enter(gate));
  EXPECT_TRUE(gate.enter());
  gate.leave();
  EXPECT_TRUE(gate.wait_until_empty(Clock::now()));
}

TEST(CallGate, waits_for_calls_that_are_inside) {
  CallGate gate;
  std::promise<void> entered, end;
  auto call = std::async(std::launch::async, [&] {
    gate.enter();
    entered.set_value();
    end.get_future().wait();
    gate.leave();
  });
  entered.get_future().wait();
  gate.close();
  EXPECT_FALSE(gate.wait_until_empty(Clock::now() + 2ms)) << "by its deadline";
  auto emptied = std::async(std::launch::async, [&] { return gate.wait_until_empty(Clock::now() + 30s); });
  end.set_value();
  EXPECT_TRUE(emptied.get());
  call.get();
}

TEST(CallGate, counts_a_call_that_ends_in_another_thread) {
  CallGate gate;
  gate.enter();
  std::async(std::launch::async, [&] { gate.leave(); }).get();
  EXPECT_TRUE(gate.wait_until_empty(Clock::now()));
}

TEST(CallGate, forgets_calls_in_a_child) {
  CallGate gate;
  gate.enter();
  gate.forget_calls();
  EXPECT_TRUE(gate.wait_until_empty(Clock::now()));
}

}  // namespace
}  // namespace sesam::ossl
