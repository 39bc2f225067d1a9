// SPDX-License-Identifier: Apache-2.0
// New keys (n200/make_key.cc) on a device whose replies get lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "base/hex.h"
#include "n200/device.h"
#include "n200/options.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";
const std::string kPublic(128, 'A');
const std::string kOther(128, 'B');

transport::Reply no_key() { return answer(R"({"command":"getkeyattributes","error":"unknown key"})"); }
transport::Reply made() {
  return answer(R"({"command":"importecckey","core":1,"result":")" + std::string(kKeyId) + "\"}");
}
transport::Reply record(const std::string& public_key = kPublic, const std::string& type = "NIST",
                        int bits = 256) {
  return answer(R"({"result":{")" + std::string(kKeyId) + R"(":{"key_id":")" + kKeyId + R"(","key_type":")" +
                type + R"(","key_len":)" + std::to_string(bits) + R"(,"nice_name":"web","public_key":")" +
                public_key + "\"}}}");
}

// A device with scripted replies, and a request for a new key.
struct NewKeys : testing::Test {
  Device& device(std::deque<transport::Reply> answers, std::vector<std::string> urls = {"https://device"}) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers), std::move(urls));
    Options options;
    options.deadline_ms = 1000;
    made_device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
    return *made_device;
  }
  static NewKey wanted() {
    NewKey key;
    key.curve_type = "NIST";
    key.bits = 256;
    key.acl = "FFFF";
    key.nice_name = "web";
    return key;
  }
  static EcKeyPair pair() { return {Secret(std::string(32, '\x01')), *from_hex(kPublic)}; }

  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> made_device;
};

const std::string kLookUp = "/n200/getkeyattributes/web/";
const std::string kLookUpId = std::string("/n200/getkeyattributes/") + kKeyId + "/";
const std::string kGenerate = "command=genecckey&core=1&curve=NIST&keysize=256&acl=FFFF&nice_name=web";
const std::string kImport = [] {
  std::string scalar;
  for (int i = 0; i < 32; ++i) scalar += "01";
  return "command=importecckey&core=1&curve=NIST&acl=FFFF&nice_name=web&key_to_import=" + scalar;
}();

TEST_F(NewKeys, are_asked_for_once_when_the_name_is_free) {
  const auto key = device({no_key(), made(), record()}).generate(wanted());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->key_id, kKeyId);
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp));
}

transport::Reply with_status(int status, std::string body) {
  auto reply = answer(std::move(body));
  reply.status = status;
  return reply;
}

const std::string kListings[] = {"/n200/listkeys/NIST/", "/n200/listkeys/BRAINPOOL/", "/n200/listkeys/RSA/",
                                 "/n200/listkeys/SYM/"};

TEST_F(NewKeys, are_made_if_no_listing_has_the_name_though_the_look_up_was_refused_in_words_of_the_device) {
  const auto none = answer(R"({"command":"listkeys","core":0,"result":{}})");
  for (const auto& refusal :
       {answer(R"({"command":"getkeyattributes","error":"E_NOKEY -23"})"), answer(R"({"result":"E_NOKEY"})"),
        answer(R"({"command":"getkeyattributes"})"), with_status(404, "<html>Not found</html>")}) {
    const auto key = device({refusal, none, none, none, none, made(), record()}).generate(wanted());
    ASSERT_TRUE(key) << refusal.body << key.error().detail;
    EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kListings[0], kListings[1], kListings[2], kListings[3],
                                             kGenerate, kLookUp));
  }
}

TEST_F(NewKeys, are_made_if_the_look_up_has_null_as_its_result) {
  const auto key = device({answer(R"({"command":"getkeyattributes","result":null})"), made(), record()})
                       .generate(wanted());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp));
}

TEST_F(NewKeys, of_a_name_that_a_listing_has_are_not_made) {
  const auto refusal = answer(R"({"error":"E_TROUBLE"})");
  const auto none = answer(R"({"result":{}})");
  const auto key =
      device({refusal, none, none, record(kPublic, "RSA", 2048), none}).import_ec(wanted(), pair());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::key_exists);
  EXPECT_EQ(pipeline->asked.size(), 5U);
}

TEST_F(NewKeys, are_not_made_if_the_listing_fails_or_the_refusal_is_understood) {
  const auto refusal = answer(R"({"error":"E_TROUBLE"})");
  for (const auto& replies :
       {std::deque<transport::Reply>{refusal, with_status(403, R"({"error":"access denied"})")},
        std::deque<transport::Reply>{with_status(403, R"({"error":"access denied"})")},
        std::deque<transport::Reply>{with_status(500, R"({"error":"E_TROUBLE"})")}}) {
    const auto key = device(replies).generate(wanted());
    ASSERT_FALSE(key);
    EXPECT_THAT(key.error().detail,
                HasSubstr("request not sent, because it is not known whether the name is free: looking up"));
    EXPECT_EQ(pipeline->asked.size(), replies.size());
  }
}

TEST_F(NewKeys, are_looked_for_again_while_the_device_is_at_work) {
  const auto key = device({no_key(), lost(), no_key(), no_key(), record()}).generate(wanted());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp, kLookUp, kLookUp));
}

TEST_F(NewKeys, are_looked_for_again_where_a_gateway_got_no_reply) {
  for (const int status : {502, 504}) {
    auto from_gateway = with_status(status, "<html>");
    from_gateway.may_have_acted = true;
    const auto key = device({no_key(), from_gateway, no_key(), no_key(), record()}).generate(wanted());
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp, kLookUp, kLookUp));
  }
}

TEST_F(NewKeys, that_the_device_confirmed_are_named_though_their_records_cannot_be_read) {
  const std::string told = std::string("the device made ") + kKeyId + ", but its record cannot be read: ";
  const auto other_name = answer(R"({"error":"unknown key"})");
  for (const auto& trouble : {lost(), with_status(500, "{}"), with_status(403, R"({"error":"no"})"),
                              answer(R"({"error":"E_TROUBLE"})")}) {
    for (const auto& replies : {std::deque<transport::Reply>{no_key(), made(), trouble},
                                std::deque<transport::Reply>{no_key(), made(), other_name, trouble}}) {
      const auto key = device(replies).generate(wanted());
      ASSERT_FALSE(key);
      EXPECT_EQ(key.error().reason, Reason::outcome_unknown);
      EXPECT_THAT(key.error().detail, HasSubstr(told));
      EXPECT_EQ(std::count(pipeline->asked.begin(), pipeline->asked.end(), kGenerate), 1);
    }
  }
}

TEST_F(NewKeys, of_a_lost_reply_whose_record_cannot_be_used_may_be_those_of_others) {
  const auto key = device({no_key(), lost(), record(""), answer(R"({"result":"?"})")}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::outcome_unknown) << key.error().detail;
  EXPECT_THAT(key.error().detail,
              HasSubstr(std::string("it is not known whether ") + kKeyId + " is the requested key"));
}

TEST_F(NewKeys, are_looked_for_again_though_the_device_is_out_of_reach_for_a_while) {
  const auto key = device({no_key(), lost(), lost(), lost(transport::Failure::cannot_connect), record()})
                       .generate(wanted());
  ASSERT_TRUE(key) << key.error().detail;
}

// With TLS 1.3, a device may reject the client's certificate after it has received the request.
TEST_F(NewKeys, are_looked_for_on_the_node_that_rejects_the_connection_after_the_request) {
  for (const auto failure : {transport::Failure::client_rejected, transport::Failure::tls_failed}) {
    const auto key = device({no_key(), no_key(), lost(failure), record()}, {"https://n1", "https://n2"})
                         .generate(wanted());
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kLookUp, kGenerate, kLookUp));
    EXPECT_EQ(pipeline->nodes_asked.back(), pipeline->nodes_asked[2]);
    const auto none = device({no_key(), lost(failure), no_key()}).generate(wanted());
    ASSERT_FALSE(none);
    EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp));
  }
}

TEST_F(NewKeys, that_never_come_to_be_are_given_up_at_the_deadline) {
  const auto key = device({no_key(), lost(), no_key()}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::timed_out);
  EXPECT_GT(pipeline->asked.size(), 4U);
  EXPECT_EQ(std::count(pipeline->asked.begin(), pipeline->asked.end(), kGenerate), 1);
}

TEST_F(NewKeys, of_which_nothing_can_be_found_out_are_told_to_be_so) {
  const auto key = device({no_key(), lost(), lost()}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::outcome_unknown);
  EXPECT_THAT(key.error().detail, HasSubstr("it is not known whether the key exists"));
}

TEST_F(NewKeys, are_looked_for_once_when_the_device_answered_something_else) {
  const auto key = device({no_key(), answer("<html>"), no_key()}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::bad_reply);
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp));
}

TEST_F(NewKeys, are_looked_for_by_name_when_the_device_reported_an_error_too) {
  const auto both = answer(R"({"error":"cluster not in sync","result":")" + std::string(kKeyId) + "\"}");
  const auto key = device({no_key(), both, record()}).generate(wanted());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp));
  const auto none = device({no_key(), both, no_key()}).generate(wanted());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason, Reason::device_error);
  EXPECT_THAT(none.error().detail, HasSubstr("cluster not in sync"));
}

TEST_F(NewKeys, of_that_name_but_another_kind_are_somebody_elses) {
  for (const auto& other : {record(kPublic, "BRAINPOOL", 256), record(kPublic, "NIST", 384)}) {
    const auto key = device({no_key(), lost(), other}).generate(wanted());
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().reason, Reason::key_exists);
    EXPECT_THAT(key.error().detail, HasSubstr("another client generated it"));
  }
}

TEST_F(NewKeys, that_the_device_refuses_are_not_looked_for) {
  const auto key = device({no_key(), answer(R"({"error":"access denied"})")}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::access_denied);
  EXPECT_EQ(pipeline->asked.size(), 2U);
}

TEST_F(NewKeys, are_imported_by_the_observed_command) {
  const auto key = device({no_key(), made(), record()}).import_ec(wanted(), pair());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kImport, kLookUp));
}

TEST_F(NewKeys, whose_import_lost_its_answer_are_found_by_name_and_public_key) {
  ASSERT_TRUE(device({no_key(), lost(transport::Failure::connection_lost), no_key(), record()})
                  .import_ec(wanted(), pair()));
  EXPECT_EQ(std::count(pipeline->asked.begin(), pipeline->asked.end(), kImport), 1);
  const auto other = device({no_key(), lost(), record(kOther)}).import_ec(wanted(), pair());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason, Reason::key_exists);
}

TEST_F(NewKeys, that_turn_out_to_be_other_keys_than_were_imported_are_refused) {
  const auto key = device({no_key(), made(), record(kOther)}).import_ec(wanted(), pair());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::bad_public_key);
}

TEST_F(NewKeys, do_not_show_their_private_part_in_an_error) {
  const auto key = device({no_key(), answer(R"({"error":"malformed request: key_to_import=)" +
                                            std::string(64, 'f') + R"("})")})
                       .import_ec(wanted(), {Secret(std::string(32, '\xFF')), {}});
  ASSERT_FALSE(key);
  EXPECT_THAT(key.error().detail, HasSubstr("<secret>"));
  EXPECT_EQ(key.error().detail.find("fff"), std::string::npos);
}

TEST_F(NewKeys, are_listed_afresh_where_the_cached_listing_is_older) {
  const auto bare = answer(R"({"result":{")" + std::string(kKeyId) +
                           R"(":{"key_type":"NIST","key_len":256,"nice_name":"web"}}})");
  const auto nothing = answer(R"({"result":{}})");
  Device& one = device({no_key(), made(), bare, nothing, no_key(), made(), bare, record()});
  const auto unlisted = one.generate(wanted());
  ASSERT_TRUE(unlisted) << unlisted.error().detail;
  EXPECT_FALSE(unlisted->has_public_part());
  const auto key = one.generate(wanted());
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_TRUE(key->has_public_part());
}

// Records as the device may return them for a name or a key_id.
std::string one(const std::string& key_id, const std::string& name, const std::string& type, int bits) {
  return "\"" + key_id + R"(":{"key_id":")" + key_id + R"(","key_type":")" + type + R"(","key_len":)" +
         std::to_string(bits) + R"(,"nice_name":")" + name + R"(","public_key":")" + kPublic + "\"}";
}
transport::Reply records(const std::string& text) { return answer(R"({"result":{)" + text + "}}"); }

constexpr char kHigherId[] = "hsm010123F13C56131E1EEE000000000000002A";
constexpr char kLowerId[] = "hsm010123F13C56131E1EEE0000000000000024";

TEST_F(NewKeys, of_another_type_or_size_are_an_error_that_names_both_and_deletes_nothing) {
  for (const auto& [type, bits] :
       {std::pair("BRAINPOOL", 256), std::pair("NIST", 384), std::pair("RSA", 2048)}) {
    const auto key = device({no_key(), made(), records(one(kKeyId, "web", type, bits))}).generate(wanted());
    ASSERT_FALSE(key) << type << bits;
    EXPECT_EQ(key.error().reason, Reason::other_key_made);
    EXPECT_THAT(key.error().detail, HasSubstr("requested was NIST 256 'web'"));
    EXPECT_THAT(key.error().detail, HasSubstr(std::string("which is ") + type + " " + std::to_string(bits)));
    EXPECT_THAT(key.error().detail, HasSubstr(std::string("'sesam delete ") + kKeyId + "'"));
    EXPECT_THAT(key.error().detail, HasSubstr("it may be another key"));
    EXPECT_EQ(pipeline->asked.size(), 3U);
  }
}

// Otherwise a program that tries again, such as named, would make one key after the other.
TEST_F(NewKeys, whose_name_comes_back_altered_are_an_error_that_names_both_and_not_made_again) {
  const auto altered = records(one(kKeyId, "web_", "NIST", 256));
  Device& one_device = device({no_key(), made(), no_key(), altered, no_key()});
  const auto key = one_device.generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::other_key_made);
  EXPECT_THAT(key.error().detail, HasSubstr("'web'"));
  EXPECT_THAT(key.error().detail, HasSubstr("'web_'"));
  EXPECT_THAT(key.error().detail, HasSubstr(kKeyId));
  EXPECT_THAT(pipeline->asked, ElementsAre(kLookUp, kGenerate, kLookUp, kLookUpId));
  const auto again = one_device.generate(wanted());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, Reason::other_key_made);
  EXPECT_EQ(pipeline->asked.size(), 4U) << "something was sent";
}

TEST_F(NewKeys, that_the_device_does_not_know_afterwards_are_an_error) {
  const auto key = device({no_key(), made(), no_key(), no_key()}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::other_key_made);
}

TEST_F(NewKeys, that_the_device_confirmed_with_records_that_cannot_be_used_are_not_made_again) {
  const auto another = records(one(kHigherId, "web", "NIST", 256));
  Device& one_device = device({no_key(), made(), no_key(), another, no_key()});
  const auto key = one_device.generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::bad_reply) << key.error().detail;
  EXPECT_THAT(key.error().detail, HasSubstr(std::string("the device made ") + kKeyId));
  const auto asked = pipeline->asked.size();
  EXPECT_FALSE(one_device.generate(wanted()));
  EXPECT_EQ(pipeline->asked.size(), asked) << "something was sent";
}

TEST_F(NewKeys, of_one_name_made_at_the_same_time_fail_for_the_maker_of_the_higher_id) {
  const auto both = records(one(kKeyId, "web", "NIST", 256) + "," + one(kHigherId, "web", "NIST", 256));
  EXPECT_TRUE(device({no_key(), made(), both}).generate(wanted()));
  const auto lower = records(one(kLowerId, "web", "NIST", 256) + "," + one(kKeyId, "web", "NIST", 256));
  const auto key = device({no_key(), made(), lower}).generate(wanted());
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, Reason::several_keys_match);
  EXPECT_THAT(key.error().detail, HasSubstr(kKeyId));
  EXPECT_THAT(key.error().detail, HasSubstr(kLowerId));
}

TEST_F(NewKeys, of_a_name_that_cannot_travel_are_refused_before_anything_is_sent) {
  for (const std::string name : {"a\xC3z", "tab\t", "\x1b[31m", "line\n", "\u009b", "\xFF"}) {
    NewKey key = wanted();
    key.nice_name = name;
    const auto refused = device({no_key(), made(), record()}).generate(key);
    ASSERT_FALSE(refused) << testing::PrintToString(name);
    EXPECT_EQ(refused.error().reason, Reason::bad_argument);
    EXPECT_TRUE(pipeline->asked.empty());
  }
}

TEST_F(NewKeys, may_have_a_name_in_any_script) {
  NewKey key = wanted();
  key.nice_name = "Schl\u00fcssel \u9375";
  const auto made_key =
      device({no_key(), made(), records(one(kKeyId, key.nice_name, "NIST", 256))}).generate(key);
  EXPECT_TRUE(made_key) << made_key.error().detail;
}

}  // namespace
}  // namespace sesam::n200
