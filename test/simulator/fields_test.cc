// SPDX-License-Identifier: Apache-2.0
#include "fields.h"

#include <gtest/gtest.h>

namespace n200sim {
namespace {

using Segments = std::vector<std::string>;

TEST(Fields, FormIsPercentDecodedAndPlusIsASpace) {
  const auto fields = Fields::from_form("command=genecckey&nice_name=J%50.ex+a%2bb&pin=&flag");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->get("command"), "genecckey");
  EXPECT_EQ(fields->get("nice_name"), "JP.ex a+b");
  EXPECT_EQ(fields->get("pin"), "");
  EXPECT_EQ(fields->get("flag"), "");
  EXPECT_FALSE(fields->get("core"));
}

TEST(Fields, FirstOfTwoFieldsOfOneNameCounts) {
  EXPECT_EQ(Fields::from_form("core=1&core=2")->get("core"), "1");
}

TEST(Fields, MalformedEscapeIsRefused) {
  EXPECT_FALSE(Fields::from_form("a=%zz"));
  EXPECT_FALSE(Fields::from_form("a=%4"));
  EXPECT_FALSE(Fields::from_form("%=a"));
}

TEST(Fields, StayValidWhenMoved) {
  Fields fields;
  fields.add("a", "b");
  const Fields moved = std::move(fields);
  EXPECT_EQ(moved.get("a"), "b");
}

TEST(SplitPath, TrailingSlashIsOptional) {
  EXPECT_EQ(split_path("/n200/getrandom/5/"), (Segments{"getrandom", "5"}));
  EXPECT_EQ(split_path("/n200/getrandom/5"), (Segments{"getrandom", "5"}));
}

TEST(SplitPath, EmptySegmentIsAnEmptyArgument) {
  EXPECT_EQ(split_path("/n200/encrypt/k01//CBC/x/"), (Segments{"encrypt", "k01", "", "CBC", "x"}));
}

TEST(SplitPath, SegmentsAreDecodedAfterSplittingAndPlusStays) {
  EXPECT_EQ(split_path("/n200/encrypt/a%2Fb+c?q=1"), (Segments{"encrypt", "a/b+c"}));
}

TEST(SplitPath, OtherPathsAreRefused) {
  EXPECT_FALSE(split_path("/"));
  EXPECT_FALSE(split_path("/n300/timestamp/"));
  EXPECT_FALSE(split_path("/n200/%4/"));
}

}  // namespace
}  // namespace n200sim
