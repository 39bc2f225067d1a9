// SPDX-License-Identifier: Apache-2.0
#include "signature/ecdsa_form.h"

#include <gtest/gtest.h>

#include <array>

#include "base/hex.h"

namespace sesam::signature {
namespace {

std::string der_of(const Bytes& p1363) {
  std::array<unsigned char, 200> out;
  const auto length = der_of_p1363(p1363, out);
  return length ? to_hex({out.data(), *length}) : text_of(length.error().reason);
}

TEST(DerOfP1363, drops_leading_zeros) { EXPECT_EQ(der_of({0, 0, 0, 1, 0, 0, 0, 2}), "3006020101020102"); }

TEST(DerOfP1363, keeps_integers_positive) {
  EXPECT_EQ(der_of({0x80, 0x7F}),
            "300702020080"
            "02017F");
}

TEST(DerOfP1363, splits_in_the_middle) {
  EXPECT_EQ(der_of({1, 2, 3, 4, 5, 6}),
            "300A0203010203"
            "0203040506");
}

TEST(DerOfP1363, writes_the_long_form_of_a_length) {
  Bytes p521(132, 0xFF);
  p521[0] = p521[66] = 0x01;
  EXPECT_EQ(der_of(p521).substr(0, 14),
            "30818802420"
            "1FF");
}

TEST(DerOfP1363, refuses_zero) {
  EXPECT_EQ(der_of(Bytes(64)), text_of(Reason::bad_signature));
  EXPECT_EQ(der_of({0, 1}), text_of(Reason::bad_signature));
  EXPECT_EQ(der_of({1, 0}), text_of(Reason::bad_signature));
  EXPECT_EQ(der_of({}), text_of(Reason::bad_signature));
}

TEST(DerOfP1363, refuses_a_buffer_that_is_too_small_and_leaves_it_alone) {
  const Bytes p1363{1, 2};
  std::array<unsigned char, 8> out;
  out.fill(0xEE);
  const auto length = der_of_p1363(p1363, {out.data(), 7});
  ASSERT_FALSE(length);
  EXPECT_EQ(length.error().reason, Reason::buffer_too_small);
  for (const auto byte : out) EXPECT_EQ(byte, 0xEE);
  EXPECT_TRUE(der_of_p1363(p1363, out));
}

}  // namespace
}  // namespace sesam::signature
