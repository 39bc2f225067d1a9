// SPDX-License-Identifier: Apache-2.0
#include "n200/uri.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";
constexpr char kToken[] = "hsm010123F13C56131E1EEE00000025";

KeyUri parsed(std::string_view text) {
  auto uri = KeyUri::parse(text);
  EXPECT_TRUE(uri) << text << ": " << (uri ? "" : uri.error().detail);
  return uri ? std::move(*uri) : KeyUri{};
}

std::string refusal(std::string_view text) {
  const auto uri = KeyUri::parse(text);
  EXPECT_FALSE(uri) << text;
  if (uri) return {};
  EXPECT_EQ(uri.error().reason, Reason::bad_uri) << text;
  return uri.error().detail;
}

TEST(KeyUri, takes_the_uri_of_the_transcript) {
  const auto uri =
      parsed("pkcs11:token=hsm010123F13C56131E1EEE00000025;object=JP.example;pin-value=12345678");
  EXPECT_EQ(uri.token, kToken);
  EXPECT_EQ(uri.object, "JP.example");
  EXPECT_EQ(uri.pin_value.reveal(), "12345678");
  EXPECT_FALSE(uri.names_no_key());
}

TEST(KeyUri, takes_the_pin_in_the_query_too) {
  const auto uri = parsed("pkcs11:object=web?pin-value=1234&module-name=sesam");
  EXPECT_EQ(uri.object, "web");
  EXPECT_EQ(uri.pin_value.reveal(), "1234");
}

TEST(KeyUri, refuses_a_value_that_swallowed_a_pin_and_does_not_tell_it) {
  for (const char* uri : {"sesam:object=web,pin-value=1234", "pkcs11:object=web%3Bpin-value%3D1234",
                          "sesam:web%2Cpin-value=1234", "sesam:web%2Cpin-value%3D1234",
                          "sesam:acl=FFFF,pin-source=1234", "sesam:web?pin-source=file:/x,pin-value=1234"}) {
    const auto refused = KeyUri::parse(uri);
    if (refused) {  // unknown attributes are ignored (RFC 7512)
      EXPECT_TRUE(refused->object.empty()) << uri;
      continue;
    }
    EXPECT_EQ(refused.error().reason, Reason::bad_uri);
    EXPECT_EQ(refused.error().detail.find("1234"), std::string::npos) << refused.error().detail;
  }
}

TEST(KeyUri, takes_pin_source_in_path_and_query) {
  EXPECT_EQ(parsed("pkcs11:object=web;pin-source=file:/etc/pin").pin_source, "file:/etc/pin");
  EXPECT_EQ(parsed("pkcs11:object=web?pin-source=/etc/pin").pin_source, "/etc/pin");
}

TEST(KeyUri, takes_every_attribute_that_concerns_us) {
  const auto uri = parsed(
      "pkcs11:manufacturer=sematiconAG;serial=23F13C56131E1EEE;id=%AA%AB%68%60%6B%E2;object=web;type=private;"
      "core=2;acl=00FF");
  EXPECT_EQ(uri.manufacturer, "sematiconAG");
  EXPECT_EQ(uri.serial, "23F13C56131E1EEE");
  EXPECT_EQ(uri.id, "\xAA\xAB\x68\x60\x6B\xE2");
  EXPECT_EQ(uri.type, ObjectType::private_key);
  EXPECT_EQ(uri.core, 2U);
  EXPECT_EQ(uri.acl, "00FF");
}

TEST(KeyUri, knows_public_and_other_types) {
  EXPECT_EQ(parsed("sesam:object=a").type, ObjectType::any);
  EXPECT_EQ(parsed("sesam:object=a;type=public").type, ObjectType::public_key);
  EXPECT_EQ(parsed("sesam:object=a;type=cert").type, ObjectType::certificate);
  EXPECT_EQ(parsed("sesam:object=a;type=data").type, ObjectType::other);
}

TEST(KeyUri, takes_a_bare_name_under_sesam) {
  EXPECT_EQ(parsed("sesam:JP.example").object, "JP.example");
  EXPECT_EQ(parsed("sesam:JP.example?pin-value=1").pin_value.reveal(), "1");
  EXPECT_EQ(parsed("sesam:a%20b;core=2").object, "a b");
}

TEST(KeyUri, tells_the_forms_of_a_bare_name_apart) {
  EXPECT_EQ(parsed(std::string("sesam:") + kKeyId).key_id, kKeyId);
  EXPECT_EQ(parsed(std::string("sesam:") + kToken).token, kToken);
  EXPECT_EQ(parsed(std::string("sesam:") + kToken + "0").object, std::string(kToken) + "0");
}

TEST(KeyUri, takes_no_bare_name_under_pkcs11) { refusal("pkcs11:JP.example"); }

TEST(KeyUri, takes_a_bare_name_only_in_front) { refusal("sesam:object=a;b"); }

TEST(KeyUri, takes_either_form_as_token) {
  EXPECT_EQ(parsed(std::string("pkcs11:token=") + kToken).token, kToken);
  EXPECT_EQ(parsed(std::string("pkcs11:token=") + kKeyId).token, kKeyId);
}

TEST(KeyUri, refuses_a_token_or_key_id_of_another_form) {
  EXPECT_THAT(refusal("pkcs11:token=SoftHSM"), HasSubstr("SoftHSM"));
  EXPECT_THAT(refusal("sesam:key-id=hsm01"), HasSubstr("hsm01"));
  EXPECT_THAT(refusal(std::string("sesam:key-id=") + kToken), HasSubstr("key_id"));
  refusal("sesam:key-id=hsm010123F13C56131E1EEG0000000000000025");
}

TEST(KeyUri, takes_the_scheme_in_any_case) {
  EXPECT_EQ(parsed("PKCS11:object=a").object, "a");
  EXPECT_EQ(parsed("Sesam:a").object, "a");
  EXPECT_TRUE(has_key_uri_scheme("pKcS11:"));
}

TEST(KeyUri, refuses_another_scheme) {
  refusal("file:a");
  refusal("pkcs11");
  refusal("");
  EXPECT_FALSE(has_key_uri_scheme("sesame:a"));
  EXPECT_FALSE(has_key_uri_scheme("pkcs1"));
}

TEST(KeyUri, refuses_an_attribute_that_stands_twice) {
  EXPECT_THAT(refusal("pkcs11:object=a;object=b"), HasSubstr("'object'"));
  EXPECT_THAT(refusal("pkcs11:object=a?object=b"), HasSubstr("'object'"));
  EXPECT_THAT(refusal("sesam:a;object=b"), HasSubstr("'object'"));
  EXPECT_THAT(refusal("pkcs11:object=a;model=1;model=2"), HasSubstr("'model'"));
}

TEST(KeyUri, lets_vendor_attributes_repeat) {
  EXPECT_EQ(parsed("pkcs11:object=a;x-note=1;x-note=2?x-note=3&x-note=4").object, "a");
}

TEST(KeyUri, takes_an_ampersand_in_the_path_for_an_ordinary_character) {
  EXPECT_EQ(parsed("pkcs11:object=R&D").object, "R&D");
  EXPECT_EQ(parsed("sesam:R&D").object, "R&D");
  const auto uri = parsed("pkcs11:object=a&b=1;type=private");
  EXPECT_EQ(uri.object, "a&b=1");
  EXPECT_EQ(uri.type, ObjectType::private_key);
  EXPECT_EQ(parsed("pkcs11:object=a;pin-value=12&34").pin_value.reveal(), "12&34");
}

TEST(KeyUri, takes_a_question_mark_in_the_query_for_an_ordinary_character) {
  EXPECT_EQ(parsed("pkcs11:object=a?pin-value=12?34").pin_value.reveal(), "12?34");
  EXPECT_EQ(parsed("pkcs11:object=a?pin-value=12?x=34&x-note=1").pin_value.reveal(), "12?x=34");
}

TEST(KeyUri, takes_a_semicolon_in_the_query_for_a_separator_as_bind_does) {
  const auto uri = parsed("pkcs11:core=1?pin-source=/etc/pin;object=example.-ksk");
  EXPECT_EQ(uri.object, "example.-ksk");
  EXPECT_EQ(uri.pin_source, "/etc/pin");
}

TEST(KeyUri, refuses_what_has_two_readings) {
  for (const auto* text : {"pkcs11:object=a&type=private", "pkcs11:object=a&pin-value=4711",
                           "sesam:object=a;acl=F&core=2", "pkcs11:object=a?pin-value=4711?pin-source=/x",
                           "pkcs11:object=a?pin-value=4711;x=1", "pkcs11:object=a?pin-value=4711;0815"}) {
    const auto said = refusal(text);
    EXPECT_THAT(said, HasSubstr("ambiguous")) << text;
    EXPECT_THAT(said, Not(HasSubstr("4711"))) << text;
    EXPECT_THAT(said, Not(HasSubstr("0815"))) << text;
  }
}

TEST(KeyUri, refuses_a_malformed_attribute_name) {
  EXPECT_THAT(refusal("sesam:a&b=1"), HasSubstr("attribute name"));
  EXPECT_THAT(refusal("sesam:example.com=1"), HasSubstr("attribute name"));
  EXPECT_THAT(refusal("pkcs11:=1"), HasSubstr("attribute name"));
}

TEST(KeyUri, refuses_a_pin_that_stands_in_path_and_query_without_telling_it) {
  const auto said = refusal("pkcs11:object=a;pin-value=4711?pin-value=0815");
  EXPECT_THAT(said, HasSubstr("'pin-value'"));
  EXPECT_THAT(said, Not(HasSubstr("4711")));
  EXPECT_THAT(said, Not(HasSubstr("0815")));
}

TEST(KeyUri, refuses_malformed_escapes) {
  for (const auto* text :
       {"sesam:a%", "sesam:a%4", "sesam:a%4G", "sesam:object=%zz", "pkcs11:id=%A", "pkcs11:x=%"})
    EXPECT_THAT(refusal(text), HasSubstr("%-escape")) << text;
}

TEST(KeyUri, tells_no_pin_that_another_attribute_swallowed) {
  for (const auto* text :
       {"sesam:web;core=1,pin-value=4711", "sesam:token=x,pin-value=4711", "sesam:key-id=x,pin-value=4711"})
    EXPECT_THAT(refusal(text), Not(HasSubstr("4711"))) << text;
}

TEST(KeyUri, tells_no_pin_when_its_escape_is_malformed) {
  EXPECT_THAT(refusal("pkcs11:object=a;pin-value=4711%"), Not(HasSubstr("4711")));
}

TEST(KeyUri, tells_no_component_that_lost_its_name) {
  EXPECT_THAT(refusal("pkcs11:object=a;4711"), Not(HasSubstr("4711")));
}

TEST(KeyUri, decodes_escapes_once) {
  EXPECT_EQ(parsed("pkcs11:object=a%2525").object, "a%25");
  EXPECT_EQ(parsed("pkcs11:object=%C3%A4%3b%3F%26%3D").object, "\xC3\xA4;?&=");
  EXPECT_EQ(parsed("pkcs11:pin-value=%31%32").pin_value.reveal(), "12");
}

TEST(KeyUri, keeps_a_nul_in_an_id) { EXPECT_EQ(parsed("pkcs11:id=%00%01%00").id, std::string("\0\1\0", 3)); }

TEST(KeyUri, takes_an_equals_sign_inside_a_value) { EXPECT_EQ(parsed("pkcs11:object=a=b").object, "a=b"); }

TEST(KeyUri, minds_no_empty_attributes_and_components) {
  const auto uri = parsed("pkcs11:;;token=;object=x;;core=;type=;id=;");
  EXPECT_EQ(uri.object, "x");
  EXPECT_EQ(uri.token, "");
  EXPECT_FALSE(uri.core);
  EXPECT_EQ(uri.type, ObjectType::any);
}

TEST(KeyUri, ignores_attributes_that_do_not_concern_us) {
  EXPECT_EQ(
      parsed("pkcs11:slot-id=3;library-version=1.0;model=N200;x-other=1;object=x?module-path=/a").object,
      "x");
}

TEST(KeyUri, names_no_key_where_only_the_device_is_named) {
  EXPECT_TRUE(parsed("pkcs11:").names_no_key());
  EXPECT_TRUE(parsed("sesam:").names_no_key());
  EXPECT_TRUE(parsed("pkcs11:manufacturer=sematiconAG").names_no_key());
  EXPECT_FALSE(parsed("pkcs11:id=%01").names_no_key());
}

TEST(KeyUri, refuses_a_core_that_is_no_number_from_one) {
  for (const auto* text : {"sesam:a;core=0", "sesam:a;core=x", "sesam:a;core=-1", "sesam:a;core=1x",
                           "sesam:a;core=99999999999999999999"})
    EXPECT_THAT(refusal(text), HasSubstr("core=")) << text;
}

TEST(PercentEncode, writes_what_parse_reads_back) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  const auto uri = parsed("sesam:object=" + percent_encode(every));
  EXPECT_EQ(uri.object, every);
}

TEST(PercentEncode, leaves_the_plain_plain) {
  EXPECT_EQ(percent_encode("JP.example-1_~"), "JP.example-1_~");
  EXPECT_EQ(percent_encode("a b;c"), "a%20b%3Bc");
  EXPECT_EQ(percent_encode("\xC3\xA4"), "%C3%A4");
}

TEST(KeyNames, have_their_lengths_and_digits) {
  EXPECT_TRUE(is_key_id(kKeyId));
  EXPECT_FALSE(is_key_id(kToken));
  EXPECT_TRUE(is_token_label(kToken));
  EXPECT_FALSE(is_token_label(kKeyId));
  EXPECT_FALSE(is_token_label("HSM010123F13C56131E1EEE00000025"));
}

}  // namespace
}  // namespace sesam::n200
