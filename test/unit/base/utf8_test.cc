// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace sesam {
namespace {

TEST(Utf8, characters_have_their_bytes_and_value) {
  EXPECT_EQ(first_character("a").value, U'a');
  EXPECT_EQ(first_character("\u00e4b").bytes, 2U);
  EXPECT_EQ(first_character("\u00e4b").value, U'\u00e4');
  EXPECT_EQ(first_character("\u20ac").value, U'\u20ac');
  EXPECT_EQ(first_character("\U0001F511").value, U'\U0001F511');
  EXPECT_EQ(first_character(std::string_view("\0", 1)).bytes, 1U);
}

TEST(Utf8, that_is_malformed_begins_with_no_character) {
  for (const std::string_view text :
       {"\x80", "\xC3", "\xC3x", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82"})
    EXPECT_EQ(first_character(text).bytes, 0U) << testing::PrintToString(text);
}

TEST(Utf8, control_characters_are_c0_del_and_c1) {
  for (const std::string_view text : {"\x1b", "\n", "\x7f", "\u0080", "\u009b", "\u009f"})
    EXPECT_TRUE(first_character(text).is_control());
  for (const std::string_view text : {" ", "~", "\u00a0", "\u202e"})
    EXPECT_FALSE(first_character(text).is_control());
}

}  // namespace
}  // namespace sesam
