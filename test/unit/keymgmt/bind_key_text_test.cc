// SPDX-License-Identifier: Apache-2.0
#include "keymgmt/bind_key_text.h"

#include <gtest/gtest.h>

namespace sesam::keymgmt {
namespace {

constexpr std::string_view kText =
    "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: AQID\nCreated: 20261129\n";

std::string replaced(std::string_view text, std::string_view name, std::string_view line) {
  return std::string(replace_bind_field(text, name, line).reveal());
}

TEST(BindKeyText, a_field_is_the_rest_of_its_line) {
  EXPECT_EQ(bind_field(kText, "Algorithm"), "13 (ECDSAP256SHA256)");
  EXPECT_EQ(bind_field(kText, "Created"), "20261129");
  EXPECT_EQ(bind_field("A:\nB: \t x \r\n", "B"), "x");
  for (const auto* absent : {"Label", "Priv", "ivateKey", ""})
    EXPECT_EQ(bind_field(kText, absent), "") << absent;
  EXPECT_EQ(bind_field("", "A"), "");
}

TEST(BindKeyText, replacing_a_field_keeps_all_other_lines_in_their_order) {
  EXPECT_EQ(replaced(kText, kBindPrivateKey, "Label: eA=="),
            "Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nLabel: eA==\nCreated: 20261129\n");
  EXPECT_EQ(replaced("A: 1\nB: 2", "A", "C: 3"), "C: 3\nB: 2");
  EXPECT_EQ(replaced("A: 1\nB: 2", "B", "C: 3"), "A: 1\nC: 3\n");
}

TEST(BindKeyText, a_second_private_key_and_an_engine_are_left_out) {
  EXPECT_EQ(replaced("PrivateKey: a\nEngine: b\nX: c\nPrivateKey: d\n", kBindPrivateKey, "Label: e"),
            "Label: e\nX: c\n");
}

TEST(BindKeyText, a_label_ends_in_a_zero_byte) { EXPECT_EQ(bind_label_line("ab"), "Label: YWIA"); }

TEST(BindKeyText, the_dnskey_is_found_behind_comments_and_with_or_without_ttl_and_class) {
  for (const auto* text :
       {"; jp. DNSKEY 257 3 13 AAAA\njp.example. IN DNSKEY 257 3 13 AQID BAUG\n",
        "jp.example. 3600 IN DNSKEY 257 3 13 AQIDBAUG", "jp.example\tDNSKEY\t257 3 13 AQIDBAUG\r\n"}) {
    const auto dnskey = parse_bind_dnskey(text);
    ASSERT_TRUE(dnskey) << text;
    EXPECT_EQ(dnskey->zone, "jp.example");
    EXPECT_EQ(dnskey->public_key, (Bytes{1, 2, 3, 4, 5, 6}));
  }
}

TEST(BindKeyText, other_text_has_no_dnskey) {
  for (const auto* text : {"", "\n\n", "; only\n", "jp. IN DNSKEY 257 3 13\n", "DNSKEY 257 3 13 AQID\n",
                           "jp. IN DNSKEY 257 3 13 !\n", "jp. IN A 192.0.2.1\n"})
    EXPECT_FALSE(parse_bind_dnskey(text)) << text;
}

}  // namespace
}  // namespace sesam::keymgmt
