// SPDX-License-Identifier: Apache-2.0
#include "n200/public_key_forms.h"

#include <gtest/gtest.h>

#include "n200/encodings.h"

namespace sesam::n200 {
namespace {

// From the public transcript (n200.md).
const std::string kX = "FACD4CF599AD0CBD43A5C38B294AF3DDC06FBC0883D419EEBCBF8039C132FC61";
const std::string kY = "FE972236B38A1C236E5EF0F1E78B64B31C9632C0D5B9CFA49AECDB89144A2C3C";
const std::string kSpki = "3059301306072A8648CE3D020106082A8648CE3D030107034200";

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

TEST(PublicKeyForms, are_read_alike) {
  const auto expected = *from_hex(kX + kY);
  std::string colons, lines = "04" + kX + kY;
  for (std::size_t i = 0; i < kX.size() + kY.size(); i += 2)
    colons += (i ? ":" : "") + (kX + kY).substr(i, 2);
  lines.insert(66, "\n  ");
  for (const auto& text :
       {kX + kY, "04" + kX + kY, lower(kX + kY), "0x04" + kX + kY, "0X" + kX + kY, colons, lines,
        kX + " " + kY, "02" + kX, "0x02" + kX, "06" + kX + kY, kSpki + "04" + kX + kY,
        std::string("+s1M9ZmtDL1DpcOLKUrz3cBvvAiD1Bnuv"
                    "L+AOcEy/GH+lyI2s4ocI25e8PHni2SzHJYywNW5z6Sa7NuJFEosPA==")}) {
    const auto read = x_and_y_of(text, Encoding::hex, {"NIST", 256});
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(to_hex(*read), to_hex(expected)) << text;
  }
  EXPECT_EQ(x_and_y_of("04" + kX + kY, Encoding::hex, {"NIST", 0}), expected);
  EXPECT_EQ(x_and_y_of("02" + kX, Encoding::hex, {"EC", 0}), expected);
}

TEST(PublicKeyForms, of_a_point_that_is_on_no_curve_are_not_made_up) {
  EXPECT_NE(x_and_y_of("02" + std::string(64, 'F'), Encoding::hex, {"NIST", 256})->size(), 64U);
  EXPECT_FALSE(x_and_y_of("no key", Encoding::hex, {"NIST", 256}));
  EXPECT_NE(x_and_y_of(kSpki + "04" + kX + kY, Encoding::hex, {"BRAINPOOL", 256})->size(), 64U);
}

TEST(PublicKeyForms, tell_the_family_of_a_curve) {
  EXPECT_EQ(family_of_point(*from_hex(kX + kY)), "NIST");
  EXPECT_EQ(family_of_point(Bytes(64, 1)), "");
  EXPECT_EQ(bits_of_point("BRAINPOOL", 128), 512U);
  EXPECT_EQ(bits_of_point("NIST", 65), 0U);
}

TEST(RsaNumbers, are_read_alike) {
  for (const auto* text : {"010001", "10001", "0x10001", "0x010001", "01:00:01", "01 00 01", "65537", "AQAB"})
    EXPECT_EQ(rsa_number_of(text, Encoding::hex), (Bytes{1, 0, 1})) << text;
  EXPECT_EQ(rsa_number_of("AQAB", Encoding::base64), (Bytes{1, 0, 1}));
  EXPECT_TRUE(rsa_number_of("?", Encoding::hex).empty());
}

}  // namespace
}  // namespace sesam::n200
