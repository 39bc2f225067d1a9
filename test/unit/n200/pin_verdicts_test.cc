// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

// A ProcessMutex must outlive the process, so each test leaks its own.
PinVerdicts& verdicts() { return *new PinVerdicts; }

TEST(PinVerdicts, know_nothing_at_first) { EXPECT_FALSE(verdicts().refused("hsm01", "4711")); }

TEST(PinVerdicts, remember_a_pin_of_a_key) {
  auto& all = verdicts();
  all.refuse("hsm01", "4711");
  EXPECT_TRUE(all.refused("hsm01", "4711"));
  EXPECT_FALSE(all.refused("hsm01", "4712"));
  EXPECT_FALSE(all.refused("hsm01", "471"));
  EXPECT_FALSE(all.refused("hsm01", ""));
  EXPECT_FALSE(all.refused("hsm02", "4711"));
}

TEST(PinVerdicts, remember_several) {
  auto& all = verdicts();
  for (const auto* pin : {"1", "2", "2", "3"}) all.refuse("hsm01", pin);
  all.refuse("hsm02", "4");
  for (const auto* pin : {"1", "2", "3"}) EXPECT_TRUE(all.refused("hsm01", pin));
  EXPECT_TRUE(all.refused("hsm02", "4"));
  EXPECT_FALSE(all.refused("hsm01", "4"));
}

TEST(PinVerdicts, tell_that_no_pin_was_refused_from_a_wrong_one) {
  auto& all = verdicts();
  all.refuse("hsm01", "");
  EXPECT_TRUE(all.refused("hsm01", ""));
  EXPECT_FALSE(all.refused("hsm01", "4711"));
}

}  // namespace
}  // namespace sesam::n200
