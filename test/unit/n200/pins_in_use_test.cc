// SPDX-License-Identifier: Apache-2.0
#include "n200/pins_in_use.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

TEST(PinsInUse, are_known_as_long_as_a_key_has_them) {
  auto& pins = process_state<PinsInUse>();
  const auto before = pins.all().size();
  {
    const auto one = pins.add("one"), same = pins.add("one"), other = pins.add("other");
    EXPECT_EQ(one, same);
    EXPECT_EQ(pins.all().size(), before + 2);
  }
  EXPECT_EQ(pins.all().size(), before);
}

}  // namespace
}  // namespace sesam::n200
