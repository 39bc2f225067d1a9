// SPDX-License-Identifier: Apache-2.0
#include "n200/disputed_names.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

// A ProcessMutex must outlive the process, so each test leaks its own.
DisputedNames& names() { return *new DisputedNames; }

TEST(DisputedNames, are_those_that_were_added) {
  auto& disputed = names();
  disputed.add("web");
  EXPECT_TRUE(disputed.contains("web"));
  EXPECT_FALSE(disputed.contains("other"));
}

TEST(DisputedNames, are_all_names_once_there_are_many) {
  auto& disputed = names();
  for (std::size_t i = 0; i < DisputedNames::kMaxNames; ++i) {
    EXPECT_FALSE(disputed.contains("another"));
    disputed.add(std::to_string(i));
  }
  EXPECT_TRUE(disputed.contains("another"));
}

}  // namespace
}  // namespace sesam::n200
