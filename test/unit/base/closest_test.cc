// SPDX-License-Identifier: Apache-2.0
#include "base/closest.h"

#include <gtest/gtest.h>

namespace sesam {
namespace {

TEST(EditDistance, counts_added_removed_replaced_and_exchanged_letters) {
  EXPECT_EQ(edit_distance("list", "list"), 0U);
  EXPECT_EQ(edit_distance("lst", "list"), 1U);
  EXPECT_EQ(edit_distance("liist", "list"), 1U);
  EXPECT_EQ(edit_distance("lisd", "list"), 1U);
  EXPECT_EQ(edit_distance("lits", "list"), 1U);
  EXPECT_EQ(edit_distance("LIST", "list"), 0U);
  EXPECT_EQ(edit_distance("", "list"), 4U);
}

TEST(Closest, is_the_word_with_the_fewest_edits) {
  const std::vector<std::string> known{"show", "sign", "simulate", "delete", "decrypt"};
  EXPECT_EQ(closest_to("sing", known), "sign");
  EXPECT_EQ(closest_to("simualte", known), "simulate");
  EXPECT_EQ(closest_to("Delet", known), "delete");
  EXPECT_EQ(closest_to("dele", known), "delete");
}

TEST(Closest, is_empty_if_no_word_is_close) {
  EXPECT_EQ(closest_to("frobnicate", {"show", "sign"}), "");
  EXPECT_EQ(closest_to("ab", {"xy", "cd"}), "");
  EXPECT_EQ(closest_to("x", {"y"}), "");
  EXPECT_EQ(closest_to("", {"a"}), "");
  EXPECT_EQ(closest_to("word", {}), "");
  EXPECT_EQ(closest_to(std::string(100000, 'x'), {"x"}), "");
}

}  // namespace
}  // namespace sesam
