// SPDX-License-Identifier: Apache-2.0
#include "base/printable.h"

#include <gtest/gtest.h>

namespace sesam {
namespace {

TEST(Printable, leaves_ordinary_text_as_it_is) {
  for (const char* text : {"", "key 'web' at https://device: 100%", "C:\\n",
                           "Schl\u00fcssel \u00a7 \u20ac \u9375", "\U0001f511"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, escapes_what_steers_a_terminal) {
  EXPECT_EQ(printable("\x1b]0;title\x07\x1b[2J\x7f"), "\\x1b]0;title\\x07\\x1b[2J\\x7f");
  EXPECT_EQ(printable({"\0\x1f", 2}), "\\x00\\x1f");
  EXPECT_EQ(printable("\u0080 \u009b31m \u009f"), "\\u0080 \\u009b31m \\u009f");
}

TEST(Printable, is_one_line) {
  EXPECT_EQ(printable("a\nb\r\nc\td"), "a\\nb\\r\\nc\\td");
  EXPECT_EQ(printable("a\u2028b\u2029c\u0085"), "a\\u2028b\\u2029c\\u0085");
}

TEST(Printable, escapes_what_is_invisible_or_changes_the_direction_of_writing) {
  EXPECT_EQ(printable("\u200e\u200f\u202a\u202e\u2066\u2069"), "\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069");
  EXPECT_EQ(printable("\u200b\ufeff\u061c\u00ad\U000e0041"), "\\u200b\\ufeff\\u061c\\u00ad\\U000e0041");
}

TEST(Printable, escapes_bytes_that_are_not_utf8) {
  EXPECT_EQ(printable("a\xff"
                      "b\x9b"
                      "c"),
            "a\\xffb\\x9bc");
  EXPECT_EQ(printable("\xc3"), "\\xc3");                             // cut off
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b");                    // overlong form
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // half of a surrogate pair
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(Printable, changes_nothing_the_second_time) {
  const std::string once = printable("\x1b\u202e\xff\n");
  EXPECT_EQ(printable(once), once);
}

TEST(Printable, is_ascii_where_nothing_else_can_be_shown) {
  EXPECT_EQ(printable("Schl\u00fcssel \U0001f511", true), "Schl\\u00fcssel \\U0001f511");
}

}  // namespace
}  // namespace sesam
