// SPDX-License-Identifier: Apache-2.0
#include "base/packed_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace sesam {
namespace {

using testing::ElementsAre;

TEST(PackedTexts, come_back_in_their_order_whatever_is_in_them) {
  PackedTexts texts;
  const std::string zero("a\0b", 3), long_one(300, 'x'), longer(3 << 20, 'y');
  for (const auto& text : {std::string(), zero, long_one, longer, std::string("end")}) texts.push(text);
  std::vector<std::string> visited;
  texts.for_each([&](std::string_view text) { visited.emplace_back(text); });
  EXPECT_THAT(visited, ElementsAre("", zero, long_one, longer, "end"));
  for (const auto& text : visited) EXPECT_EQ(texts.pop(), text);
  EXPECT_TRUE(texts.empty());
}

TEST(PackedTexts, may_be_visited_and_added_to_after_some_are_gone) {
  PackedTexts texts;
  for (int i = 0; i < 200000; ++i) texts.push("text " + std::to_string(i));
  for (int i = 0; i < 150000; ++i) ASSERT_EQ(texts.pop(), "text " + std::to_string(i));
  texts.push("last");
  int next = 150000;
  texts.for_each([&](std::string_view text) {
    ASSERT_EQ(text, next == 200000 ? "last" : "text " + std::to_string(next));
    ++next;
  });
  EXPECT_EQ(next, 200001);
}

}  // namespace
}  // namespace sesam
