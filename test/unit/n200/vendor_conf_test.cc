// SPDX-License-Identifier: Apache-2.0
#include "n200/vendor_conf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(VendorConf, is_read_as_it_is) {
  const auto conf = parse_vendor_conf(R"({
    "url": "https://seSAM-nserie-101",
    "tlscert": "/etc/tls/server63.crt",
    "user": "pkmaster", "pass": "s3cret",
    "core": 1,
    "keygen_pin": "12345678",
    "log_level": 10,
    "log_output": "/tmp/seSAM_p11.log"
  })");
  ASSERT_TRUE(conf);
  EXPECT_EQ(conf->size(), 8U);
  EXPECT_EQ(conf->at("url").reveal(), "https://seSAM-nserie-101");
  EXPECT_EQ(conf->at("pass").reveal(), "s3cret");
  EXPECT_EQ(conf->at("core").reveal(), "1");
  EXPECT_EQ(conf->at("keygen_pin").reveal(), "12345678");
  EXPECT_EQ(conf->at("log_level").reveal(), "10");
}

TEST(VendorConf, may_be_empty) {
  EXPECT_TRUE(parse_vendor_conf("{}")->empty());
  EXPECT_TRUE(parse_vendor_conf(" { }\n")->empty());
}

TEST(VendorConf, takes_numbers_and_strings_alike) {
  const auto conf = parse_vendor_conf(R"({"core":"2","keygen_pin":12345678})");
  ASSERT_TRUE(conf);
  EXPECT_EQ(conf->at("core").reveal(), "2");
  EXPECT_EQ(conf->at("keygen_pin").reveal(), "12345678");
}

TEST(VendorConf, undoes_escapes) {
  const auto conf = parse_vendor_conf(R"({"pass":"a\"b\\c\u00e4\/","us\u0065r":"x"})");
  ASSERT_TRUE(conf);
  EXPECT_EQ(conf->at("pass").reveal(), "a\"b\\c\xC3\xA4/");
  EXPECT_EQ(conf->at("user").reveal(), "x");
}

TEST(VendorConf, keeps_a_string_with_brackets_and_blanks) {
  EXPECT_EQ(parse_vendor_conf("{\"pass\" : \" a{b}[c],:d \" , \"core\" : 1 }")->at("pass").reveal(),
            " a{b}[c],:d ");
}

TEST(VendorConf, ignores_members_of_other_types) {
  const auto conf =
      parse_vendor_conf(R"({"a":null,"b":[1,{"user":"no"}],"c":{"d":"e"},"f":true,"g":1.5,"user":"x"})");
  ASSERT_TRUE(conf);
  EXPECT_EQ(conf->size(), 1U);
  EXPECT_EQ(conf->at("user").reveal(), "x");
}

TEST(VendorConf, that_is_no_json_object_is_refused_without_its_text) {
  for (const auto* text : {"", "s3cret", "[\"s3cret\"]", "\"s3cret\"", "{\"pass\":\"s3cret\"",
                           "{\"pass\" \"s3cret\"}", "{pass:\"s3cret\"}", "{\"pass\":\"s3cret\"} x",
                           "{\"pass\":\"s3cret\" \"user\":1}", "pass = s3cret"}) {
    const auto conf = parse_vendor_conf(text);
    ASSERT_FALSE(conf) << text;
    EXPECT_EQ(conf.error().reason, Reason::bad_configuration) << text;
    EXPECT_THAT(conf.error().detail, Not(HasSubstr("s3cret"))) << text;
  }
}

TEST(VendorConf, cut_off_anywhere_is_refused) {
  const std::string whole = R"({"url":"https://x","core":1,"pass":"s\u00e4"})";
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(parse_vendor_conf(whole.substr(0, length))) << whole.substr(0, length);
}

}  // namespace
}  // namespace sesam::n200
