// SPDX-License-Identifier: Apache-2.0
#include "base/joined.h"

#include <gtest/gtest.h>

#include <vector>

namespace sesam {
namespace {

TEST(Joined, has_the_separator_between_texts_only) {
  EXPECT_EQ(joined(std::vector<std::string>{}, ", "), "");
  EXPECT_EQ(joined(std::vector<std::string>{"one"}, ", "), "one");
  EXPECT_EQ(joined(std::vector<std::string_view>{"one", "two", "three"}, ", "), "one, two, three");
  EXPECT_EQ(joined(std::vector<std::string>{"", "two"}, "."), ".two") << "an empty text is one, too";
}

}  // namespace
}  // namespace sesam
