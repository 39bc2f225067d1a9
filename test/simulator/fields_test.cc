// SPDX-License-Identifier: Apache-2.0
#include "fields.h"

#include <gtest/gtest.h>

namespace sesam::simulator {
namespace {

using Segments = std::vector<std::string>;

TEST(Fields, are_percent_decoded_and_a_plus_is_a_space) {
  const auto fields = Fields::from_form("command=genecckey&nice_name=J%50.ex+a%2bb&pin=&flag");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->get("command"), "genecckey");
  EXPECT_EQ(fields->get("nice_name"), "JP.ex a+b");
  EXPECT_EQ(fields->get("pin"), "");
  EXPECT_EQ(fields->get("flag"), "");
  EXPECT_FALSE(fields->get("core"));
}

TEST(Fields, with_duplicate_names_have_the_first_value) {
  EXPECT_EQ(Fields::from_form("core=1&core=2")->get("core"), "1");
}

TEST(Fields, with_a_malformed_escape_are_refused) {
  EXPECT_FALSE(Fields::from_form("a=%zz"));
  EXPECT_FALSE(Fields::from_form("a=%4"));
  EXPECT_FALSE(Fields::from_form("%=a"));
}

TEST(Fields, stay_valid_when_moved) {
  Fields fields;
  fields.add("a", "b");
  const Fields moved = std::move(fields);
  EXPECT_EQ(moved.get("a"), "b");
}

TEST(SplitPath, accepts_a_path_without_its_trailing_slash) {
  EXPECT_EQ(split_path("/n200/getrandom/5/"), (Segments{"getrandom", "5"}));
  EXPECT_EQ(split_path("/n200/getrandom/5"), (Segments{"getrandom", "5"}));
}

TEST(SplitPath, returns_an_empty_argument_for_an_empty_segment) {
  EXPECT_EQ(split_path("/n200/encrypt/k01//CBC/x/"), (Segments{"encrypt", "k01", "", "CBC", "x"}));
}

TEST(SplitPath, decodes_segments_after_splitting_and_keeps_a_plus) {
  EXPECT_EQ(split_path("/n200/encrypt/a%2Fb+c?q=1"), (Segments{"encrypt", "a/b+c"}));
}

TEST(SplitPath, refuses_other_paths) {
  EXPECT_FALSE(split_path("/"));
  EXPECT_FALSE(split_path("/n300/timestamp/"));
  EXPECT_FALSE(split_path("/n200/%4/"));
}

}  // namespace
}  // namespace sesam::simulator
