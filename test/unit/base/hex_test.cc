// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <gtest/gtest.h>

#include <array>

namespace sesam {
namespace {

TEST(Hex, is_written_in_upper_case) { EXPECT_EQ(to_hex(Bytes{0x00, 0x7f, 0xab, 0xff}), "007FABFF"); }

TEST(Hex, of_nothing_is_nothing) {
  EXPECT_EQ(to_hex({}), "");
  EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(Hex, is_written_with_other_digits_where_wanted) {
  std::string text = "x";
  append_hex(text, Bytes{0xAB}, "0123456789abcdef");
  EXPECT_EQ(text, "xab");
}

TEST(Hex, is_read_in_either_case) { EXPECT_EQ(from_hex("aBcD09"), (Bytes{0xab, 0xcd, 0x09})); }

TEST(Hex, reads_back_every_byte) {
  Bytes every(256);
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = static_cast<unsigned char>(i);
  EXPECT_EQ(from_hex(to_hex(every)), every);
}

TEST(Hex, refuses_half_a_byte) { EXPECT_FALSE(from_hex("ABC")); }

TEST(Hex, refuses_what_is_no_digit) {
  for (const auto* text : {"0G", "G0", " 0", "0 ", "0x", "-1", "@0", "`0", "/0", ":0"})
    EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Hex, refuses_a_length_that_does_not_fit) {
  std::array<unsigned char, 2> out{};
  EXPECT_TRUE(from_hex("0102", out));
  EXPECT_FALSE(from_hex("01", out));
  EXPECT_FALSE(from_hex("010203", out));
  EXPECT_FALSE(from_hex("01020", out));
}

}  // namespace
}  // namespace sesam
