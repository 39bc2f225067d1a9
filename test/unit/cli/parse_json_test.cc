// SPDX-License-Identifier: Apache-2.0
#include "cli/parse_json.h"

#include <gtest/gtest.h>

#include <string>

namespace sesam::cli {
namespace {

std::string nested(std::size_t depth) {
  return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + R"(,"y":1,"z":2})";
}

TEST(ParseJson, reads_members_in_their_order) {
  const auto value = parse_json(R"({"b":1,"a":[true]})");
  EXPECT_EQ(value.dump(), R"({"b":1,"a":[true]})");
}

TEST(ParseJson, refuses_what_is_not_json) {
  EXPECT_TRUE(parse_json("").is_discarded());
  EXPECT_TRUE(parse_json("{\"a\":1").is_discarded());
}

TEST(ParseJson, reads_what_is_nested_in_some_levels) { EXPECT_FALSE(parse_json(nested(60)).is_discarded()); }

// Copying such a document would overflow the stack.
TEST(ParseJson, refuses_what_is_nested_too_deeply) {
  EXPECT_TRUE(parse_json(nested(65)).is_discarded());
  EXPECT_TRUE(parse_json(nested(500'000)).is_discarded());
}

}  // namespace
}  // namespace sesam::cli
