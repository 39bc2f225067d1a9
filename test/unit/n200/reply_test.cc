// SPDX-License-Identifier: Apache-2.0
#include "n200/reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "n200/encodings.h"

namespace sesam::n200 {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kResult = {"result"};

ReplyDocument document(std::string body) {
  auto parsed = ReplyDocument::parse(body);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
  return std::move(*parsed);
}

// The reason of the first step that fails, starting with parsing.
Reason reason_of_text(std::string body, const std::vector<std::string>& path = kResult) {
  auto parsed = ReplyDocument::parse(body);
  if (!parsed) return parsed.error().reason;
  const auto text = parsed->text(path);
  return text ? Reason::none : text.error().reason;
}

TEST(Reply, gives_the_text_of_a_field_as_observed) {
  auto reply = document(R"({"command": "timestamp", "result": "1664657599"})");
  EXPECT_EQ(*reply.text(kResult), "1664657599");
}

TEST(Reply, gives_fields_in_any_order_and_more_than_once) {
  auto reply = document(R"({"command":"encrypt","core":1,"result":"A8","zz":[1,{"result":"no"}]})");
  EXPECT_EQ(*reply.text(kResult), "A8");
  EXPECT_EQ(*reply.text(std::array<std::string, 1>{"command"}), "encrypt");
  EXPECT_EQ(*reply.text(kResult), "A8");
}

TEST(Reply, follows_a_path) {
  const std::vector<std::string> path = {"data", "signature", "hex"};
  EXPECT_EQ(*document(R"({"a":{},"data":{"x":1,"signature":{"y":"n","hex":"AB"}}})").text(path), "AB");
  EXPECT_EQ(reason_of_text(R"({"data":{"signature":{}}})", path), Reason::reply_field_missing);
  EXPECT_EQ(reason_of_text(R"({"data":{}})", path), Reason::reply_field_missing);
  EXPECT_EQ(reason_of_text(R"({"data":"AB"})", path), Reason::reply_field_missing);
}

TEST(Reply, bears_to_be_asked_again_when_its_end_is_missing) {
  for (const auto* body :
       {R"({"command":"listkeys","core":0,"result":{})", R"({"command":"eccsign","core":1,"result":"AB")",
        R"({"result":{"a":{"b":[1,2)", R"({"result")"}) {
    auto reply = ReplyDocument::parse(body);
    if (!reply) continue;
    EXPECT_FALSE(reply->is_whole()) << body;
    const auto text = reply->text(kResult);
    EXPECT_TRUE(text || text.error().reason == Reason::bad_reply ||
                text.error().reason == Reason::reply_field_missing)
        << body;
    EXPECT_FALSE(reply->for_each_record(WireTable().row(Operation::list_keys), [](KeyRecord) {})) << body;
  }
}

TEST(Reply, undoes_escapes) {
  EXPECT_EQ(*document(R"({"result":"a\u00e4\n\"\\/"})").text(kResult), "a\xC3\xA4\n\"\\/");
}

TEST(Reply, survives_being_moved) {
  auto first = document(R"({"result":"short"})");
  auto second = std::move(first);
  EXPECT_EQ(*second.text(kResult), "short");
  second = document(R"({"result":"other"})");
  EXPECT_EQ(*second.text(kResult), "other");
}

TEST(Reply, that_is_broken_fails_every_look_and_crashes_none) {
  for (const auto* body :
       {R"({"result"})", R"({"result":})", R"({"a" "b"})", R"({"result":"x" "error":"y"})"}) {
    auto reply = document(body);
    EXPECT_FALSE(reply.is_whole()) << body;  // the device layer calls this first
    const auto text = reply.text(kResult);
    ASSERT_FALSE(text) << body;
    EXPECT_EQ(text.error().reason, Reason::bad_reply) << body;
  }
}

TEST(Reply, names_the_field_that_is_missing) {
  const auto text = document(R"({"command":"x"})").text(std::array<std::string, 2>{"data", "sig"});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().reason, Reason::reply_field_missing);
  EXPECT_THAT(text.error().detail, HasSubstr("'data.sig' is missing"));
}

TEST(Reply, says_that_a_field_is_of_the_wrong_type) {
  for (const auto* body :
       {R"({"result":42})", R"({"result":{}})", R"({"result":["AB"]})", R"({"result":true})"}) {
    const auto text = document(body).text(kResult);
    ASSERT_FALSE(text) << body;
    EXPECT_EQ(text.error().reason, Reason::reply_field_missing) << body;
    EXPECT_THAT(text.error().detail, HasSubstr("'result' is not a string")) << body;
  }
  EXPECT_EQ(reason_of_text(R"({"result":null})"), Reason::reply_field_missing);
}

TEST(Reply, that_is_no_json_object_is_refused) {
  for (const auto* body :
       {"", " ", "<html></html>", "null", "42", "\"text\"", "[]", "[{\"result\":\"a\"}]", "{", "}", "{]",
        "{\"result\"", "{\"result\":", "{\"result\":\"a\"", "\xFF\xFE", "{\"result\":\"\xFF\"}"})
    EXPECT_EQ(reason_of_text(body), Reason::bad_reply) << body;
}

TEST(Reply, with_junk_behind_it_is_refused) {
  EXPECT_EQ(reason_of_text(R"({"result":"AB"} junk)"), Reason::bad_reply);
}

TEST(Reply, with_malformed_members_is_refused) {
  for (const auto* body : {R"({result:"a"})", R"({"a":1 "result":"b"})", R"({"a" "result":"b"})",
                           R"({"result":"\q"})", R"({"a":{"b":]},"c":1})"})
    EXPECT_NE(reason_of_text(body), Reason::none) << body;
}

TEST(Reply, of_endless_depth_is_refused_and_not_followed) {
  EXPECT_NE(reason_of_text("{\"a\":" + std::string(50'000, '[') + "}"), Reason::none);
  EXPECT_NE(reason_of_text("{\"a\":" + std::string(50'000, '{') + "}"), Reason::none);
}

TEST(Reply, may_have_a_byte_order_mark_zero_bytes_and_blanks_around_it) {
  EXPECT_EQ(*document("\xEF\xBB\xBF {\"result\":\"AB\"}\r\n" + std::string(2, '\0')).text(kResult), "AB");
}

TEST(Reply, may_spell_its_members_otherwise) {
  EXPECT_EQ(*document(R"({"Command":"x","RESULT":"AB"})").text(kResult), "AB");
  EXPECT_EQ(*document(R"({"Result":"no","result":"AB"})").text(kResult), "AB");
  EXPECT_EQ(*document(R"({"Data":{"X":1,"Sig-Nature":"AB"}})")
                 .text(std::array<std::string, 2>{"data", "signature"}),
            "AB");
}

TEST(Reply, gives_its_body_back_where_it_is_none) {
  WipedText body = "<html>";
  EXPECT_FALSE(ReplyDocument::parse_in_place(body));
  EXPECT_EQ(body, "<html>");
}

TEST(Decode, reads_hex_of_exactly_the_size) {
  std::array<unsigned char, 2> out{};
  EXPECT_TRUE(decode("abCD", Encoding::hex, out));
  EXPECT_EQ(out[1], 0xCD);
  EXPECT_TRUE(decode("abcd", Encoding::hex_lower, out));
  EXPECT_FALSE(decode("ab", Encoding::hex, out));
  EXPECT_FALSE(decode("abcdef", Encoding::hex, out));
  EXPECT_FALSE(decode("abcg", Encoding::hex, out));
}

TEST(Decode, reads_base64_with_its_padding) {
  EXPECT_EQ(decode("AQID", Encoding::base64), (WipedBytes{1, 2, 3}));
  EXPECT_EQ(decode("AQI=", Encoding::base64), (WipedBytes{1, 2}));
  EXPECT_EQ(decode("AQ==", Encoding::base64), (WipedBytes{1}));
  EXPECT_EQ(decode("", Encoding::base64), WipedBytes{});
  for (const auto* text :
       {"A", "AQ", "AQI", "AQ=", "A===", "A=ID", "AQ=D", "=QID", "AQID====", "!!!!", "="}) {
    const auto bytes = decode(text, Encoding::base64);
    EXPECT_TRUE(!bytes || bytes->empty()) << text;
  }
}

TEST(Decode, takes_text_as_it_is) {
  EXPECT_EQ(decode("4a", Encoding::text), (WipedBytes{'4', 'a'}));
  std::array<unsigned char, 2> out{};
  EXPECT_TRUE(decode("4a", Encoding::text, out));
  EXPECT_EQ(out[1], 'a');
  EXPECT_FALSE(decode("4", Encoding::text, out));
}

TEST(Decode, reads_base64_of_exactly_the_size) {
  std::array<unsigned char, 2> out{};
  EXPECT_TRUE(decode("AQI=", Encoding::base64, out));
  EXPECT_FALSE(decode("AQID", Encoding::base64, out));
  EXPECT_FALSE(decode("AQ==", Encoding::base64, out));
}

}  // namespace
}  // namespace sesam::n200
