// SPDX-License-Identifier: Apache-2.0
// How unexpected replies are handled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "n200/device.h"
#include "n200/errors.h"
#include "n200/options.h"
#include "n200/uri.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";

transport::Reply with_status(int status, std::string body) {
  auto reply = answer(std::move(body));
  reply.status = status;
  return reply;
}

struct Replies : testing::Test {
  Device& device(std::deque<transport::Reply> answers) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers));
    Options options;
    options.key_cache_seconds = 0;
    made_device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
    return *made_device;
  }
  Error signing(transport::Reply reply, std::string_view pin = "1234") {
    std::array<unsigned char, 64> signature{};
    const KeyHandle key(kKeyId, "", "web", 1, Secret(pin));
    const auto made = device({std::move(reply)}).sign(key, {Operation::ec_sign, signature}, signature);
    return made ? Error{Reason::none, {}} : made.error();
  }
  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> made_device;
};

TEST_F(Replies, that_nobody_understands_are_quoted_without_secrets) {
  EXPECT_THAT(signing(answer(R"({"result":"error: strange 1234 here"})")).detail,
              HasSubstr("device message: \"error: strange <secret> here\""));
  const auto odd = signing(answer(R"({"result":"abracadabra"})"));
  EXPECT_EQ(odd.reason, Reason::bad_signature_length);
  EXPECT_THAT(odd.detail, HasSubstr("device message: \"abracadabra\""));
  EXPECT_THAT(signing(answer("<html><title>It works!</title></html>")).detail, HasSubstr("\"It works!\""));
}

TEST_F(Replies, that_quote_the_pin_of_another_open_key_are_quoted_without_it) {
  const KeyHandle other("hsm26", "", "other", 1, Secret("97531864"));
  EXPECT_THAT(signing(answer(R"({"error":"strange: 97531864, 39373533313836340A"})")).detail,
              HasSubstr("\"strange: <secret>, <secret>0A\""));
}

TEST_F(Replies, with_what_was_asked_for_are_a_success_in_any_form) {
  const std::string signature(128, 'A');
  EXPECT_EQ(signing(with_status(201, R"({"result":")" + signature + "\"}")).reason, Reason::none);
  EXPECT_EQ(signing(answer(R"({"status":"ok","result":{"Signature":")" + signature + "\"}}")).reason,
            Reason::none);
}

TEST_F(Replies, of_a_locked_key_do_not_set_a_verdict_on_the_pin) {
  const auto locked = signing(answer(R"({"error":"key locked"})"), "5555");
  EXPECT_EQ(locked.reason, Reason::wrong_pin);
  EXPECT_THAT(locked.detail, HasSubstr(kKeyIsLocked));
  EXPECT_EQ(signing(answer(R"({"result":")" + std::string(128, 'A') + "\"}"), "5555").reason, Reason::none);
  EXPECT_EQ(signing(answer("wrong pin"), "6666").reason, Reason::wrong_pin);
  EXPECT_THAT(signing(answer("{}"), "6666").detail, HasSubstr("request not sent"));
}

TEST_F(Replies, that_redirect_name_where_to) {
  auto moved = with_status(301, "");
  moved.location = "https://elsewhere/login?p=1234";
  const auto error = signing(moved);
  EXPECT_EQ(error.reason, Reason::http_status);
  EXPECT_THAT(error.detail,
              HasSubstr("HTTP status 301, it redirects to \"https://elsewhere/login?p=<secret>\""));
}

TEST_F(Replies, that_forbid_do_not_blame_the_password_once_a_get_was_let_in) {
  const auto forbidden = with_status(403, R"({"error":"access denied"})");
  EXPECT_EQ(device({forbidden}).timestamp().error().reason, Reason::access_denied);
  Device& one = device({answer(R"({"result":"1664657599"})"), forbidden});
  ASSERT_TRUE(one.timestamp());
  std::array<unsigned char, 64> signature{};
  const KeyHandle key(kKeyId, "", "web", 1, Secret(""));
  EXPECT_EQ(one.sign(key, {Operation::ec_sign, signature}, signature).error().reason, Reason::no_access_rule);
}

TEST_F(Replies, that_forbid_what_was_authorized_before_may_be_due_to_the_password) {
  const auto forbidden = with_status(403, R"({"error":"access denied"})");
  Device& one = device({answer(R"({"result":"1664657599"})"), forbidden});
  ASSERT_TRUE(one.timestamp());
  EXPECT_EQ(one.timestamp().error().reason, Reason::access_denied);
}

TEST_F(Replies, to_decrypt_are_neither_searched_nor_quoted) {
  const KeyHandle key(kKeyId, "", "k01", 1, Secret("7777"));
  const auto plain = device({answer(R"({"result":"error: wrong pin"})")}).decrypt(key, Bytes{1});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->reveal(), "error: wrong pin");
  for (const char* body : {R"({"result":["error: wrong pin"]})", "wrong pin", R"({"result":"wrong pin)"}) {
    const auto none = device({answer(body)}).decrypt(key, Bytes{1});
    ASSERT_FALSE(none) << body;
    EXPECT_THAT(none.error().detail, Not(HasSubstr("wrong pin"))) << body;
    EXPECT_NE(none.error().reason, Reason::wrong_pin) << body;
  }
}

TEST_F(Replies, with_the_record_of_another_key_are_refused) {
  const auto found = device({answer(R"({"result":{"hsm26":{"key_type":"NIST","nice_name":"other"}}})")})
                         .find_key(*KeyUri::parse("sesam:web"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().reason, Reason::bad_reply);
}

TEST_F(Replies, with_a_record_without_a_name_say_how_to_name_its_member) {
  const auto look_up = [&](const std::string& uri) {
    const auto found =
        device({answer(R"({"result":{")" + std::string(kKeyId) + R"(":{"key_type":"NIST","label":"web"}}})")})
            .find_key(*KeyUri::parse(uri));
    return found ? Error{Reason::none, {}} : found.error();
  };
  const auto by_name = look_up("sesam:web");
  EXPECT_EQ(by_name.reason, Reason::reply_field_missing);
  EXPECT_THAT(by_name.detail, AllOf(HasSubstr(std::string("the record of ") + kKeyId + " has no nice_name"),
                                    HasSubstr("nice_name=THEIRNAME to wire_find_key")));
  EXPECT_THAT(look_up("sesam:id=%AA%AB%68%60%6B%E2").detail, HasSubstr("has no nice_name"));
  EXPECT_EQ(look_up(std::string("sesam:key-id=") + kKeyId).reason, Reason::none);
  EXPECT_EQ(look_up("sesam:key-id=hsm010123F13C56131E1EEE0000000000000026").reason, Reason::bad_reply);
}

TEST_F(Replies, with_no_record_tell_of_an_error) {
  for (const char* body : {R"({"result":{},"error":"unknown key"})", R"({"result":{"error":"unknown key"}})",
                           R"({"result":[],"message":"unknown key"})", R"({"result":"unknown key"})"})
    EXPECT_EQ(device({answer(body)}).find_key(*KeyUri::parse("sesam:web")).error().reason,
              Reason::unknown_key)
        << body;
  const auto named = device({answer(R"({"result":{"hsm26":{"key_type":"SYM","nice_name":"wrong pin"}}})")})
                         .find_key(*KeyUri::parse("sesam:object=wrong%20pin"));
  ASSERT_TRUE(named) << named.error().detail;
}

TEST_F(Replies, of_a_listing_that_say_in_any_form_that_there_are_no_keys_are_an_empty_listing) {
  for (const auto& none :
       {answer(R"({"command":"listkeys","error":"no keys found"})"), answer(R"({"result":"no keys"})"),
        with_status(404, R"({"result":"no keys"})"), answer(R"({"command":"listkeys","result":null})"),
        answer(R"({"command":"listkeys","core":0,"result":""})"), answer(R"({"result":[]})")}) {
    std::vector<std::string> names;
    const auto listed =
        device({none, answer(R"({"result":{"hsm26":{"nice_name":"rsa"}}})")})
            .list_keys(
                *KeyUri::parse("sesam:"), [&](const KeyRecord& record) { names.push_back(record.nice_name); },
                std::array<std::string_view, 2>{"NIST", "RSA"});
    ASSERT_TRUE(listed) << none.body << listed.error().detail;
    EXPECT_THAT(names, testing::ElementsAre("rsa"));
    EXPECT_EQ(pipeline->asked.size(), 2U) << none.body;
  }
}

TEST_F(Replies, of_a_listing_without_records_are_an_error_if_they_may_mean_anything_else) {
  for (const char* body : {R"({"result":null,"error":"access denied"})", R"({"command":"listkeys"})",
                           R"({"result":null,"keys":{"hsm26":{"nice_name":"web"}}})", R"({"result":false})",
                           R"({"result":"","message":"database locked"})"}) {
    const auto listed =
        device({answer(body)})
            .list_keys(
                *KeyUri::parse("sesam:"), [](const KeyRecord&) {}, std::array<std::string_view, 1>{"NIST"});
    EXPECT_FALSE(listed) << body;
  }
}

TEST_F(Replies, to_a_look_up_with_null_as_the_result_mean_that_there_is_no_such_key) {
  const auto found = device({answer(R"({"command":"getkeyattributes","result":null})")})
                         .find_key(*KeyUri::parse("sesam:web"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().reason, Reason::unknown_key);
}

TEST_F(Replies, of_a_listing_skip_records_of_another_form) {
  std::vector<std::string> names;
  SkippedRecords skipped;
  const auto listed =
      device(
          {answer(
              R"({"result":{"hsm26":{"nice_name":"good"},"77":{"nice_name":"bad"},"hsmXY":{"nice_name":"x"},)"
              R"("hsm27":{"nice_name":"a","nice_name":"b"},"hsmAbCdEf":{"nice_name":"fine"}}})")})
          .list_keys(
              *KeyUri::parse("sesam:"), [&](const KeyRecord& record) { names.push_back(record.nice_name); },
              std::array<std::string_view, 1>{"NIST"}, &skipped);
  ASSERT_TRUE(listed) << listed.error().detail;
  EXPECT_THAT(names, testing::ElementsAre("good", "fine"));
  EXPECT_EQ(skipped.count, 3U);
  EXPECT_EQ(skipped.key_id, "77");
  EXPECT_EQ(skipped.flaw, "a malformed key_id");
}

}  // namespace
}  // namespace sesam::n200
