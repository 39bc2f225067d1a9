// SPDX-License-Identifier: Apache-2.0
#include "n200/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sesam::n200 {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Refusal read(std::string_view body, std::vector<std::string_view> names = {}) {
  const std::vector<std::string> fields = {"command", "key", "pin", "text"};
  return read_refusal({body, fields, names});
}

TEST(Refusal, is_found_in_every_form) {
  for (const char* body :
       {R"({"error":"wrong pin"})",
        R"({"Error":"wrong pin"})",
        R"({"error":{"code":17,"message":"wrong pin"}})",
        R"({"error":{"text":"wrong pin"}})",
        R"({"errors":["wrong pin"]})",
        R"({"errors":[{"detail":"wrong pin"}]})",
        R"({"status":"error","message":"wrong pin"})",
        R"({"status":"wrong pin"})",
        R"({"result":"error: wrong pin"})",
        R"({"result":"wrong pin"})",
        R"({"result":{"error":"wrong pin"}})",
        R"({"errortext":"wrong pin"})",
        R"({"error_text":"wrong pin","result":null})",
        R"({"msg":"wrong pin"})",
        R"({"code":"WRONG_PIN"})",
        R"({"error":true,"result":"wrong pin"})",
        R"({"error":true,"message":"wrong pin"})",
        R"({"error":17,"errortext":"wrong pin"})",
        R"({"result":{"status":"failed","reason":"wrong pin"}})",
        R"([{"error":"wrong pin"}])",
        R"("wrong pin")",
        "wrong pin",
        "ERROR: wrong pin\r\n",
        "\xEF\xBB\xBFwrong pin",
        "<html><head><title>Wrong PIN</title></head></html>",
        "<html><head><title>Error</title></head><body><p>The <b>PIN</b> is wrong</p></body></html>",
        "<?xml version=\"1.0\"?><error>wrong pin</error>",
        R"({"command":"eccsign","core":1,"result":"","error":"Wrong PIN"})"}) {
    const auto refusal = read(body);
    EXPECT_EQ(refusal.meaning.reason, Reason::wrong_pin) << body;
    EXPECT_TRUE(refusal.meaning.names_pin) << body;
    EXPECT_TRUE(refusal.meaning.is_error) << body;
    EXPECT_FALSE(refusal.said.empty()) << body;
  }
}

TEST(Refusal, quotes_the_devices_own_words) {
  EXPECT_EQ(read(R"({"command":"eccsign","error":"out of paper"})").said, "out of paper");
  EXPECT_EQ(read(R"({"error":17})").said, "error 17");
  EXPECT_EQ(read(R"({"error":{"code":17,"message":"out of paper"}})").said, "out of paper, error 17");
  EXPECT_EQ(read(R"({"status":"error","message":"out of paper"})").said, "out of paper");
  EXPECT_EQ(read(R"({"result":"out of paper"})").said, "out of paper");
  EXPECT_EQ(read("<html><head><title>It works!</title></head><body>Apache</body></html>").said, "It works!");
  EXPECT_EQ(read("<html><body>It works!</body></html>").said, "It works!");
  EXPECT_EQ(read("  out of paper \n").said, "out of paper");
  EXPECT_EQ(read(R"({"command":"eccsign","core":1})").said, "command: eccsign, core: 1");
  EXPECT_EQ(read("").said, "");
}

TEST(Refusal, is_an_error_where_a_member_says_so) {
  for (const char* body : {R"({"error":"out of paper"})", R"({"error":17})", R"({"error":true})",
                           R"({"result":"error: out of paper"})", R"({"message":"out of paper"})"})
    EXPECT_TRUE(read(body).meaning.is_error) << body;
  for (const char* body :
       {R"({"error":"","result":"AB"})", R"({"error":null})", R"({"error":0})", R"({"error":false})",
        R"({"status":"ok"})", R"({"status":200})", R"({"result":"AB"})", "It works!"})
    EXPECT_FALSE(read(body).meaning.is_error) << body;
}

TEST(Refusal, is_never_found_in_a_records_values_or_an_echo) {
  for (
      const char* body :
      {R"({"result":{"hsm25":{"key_type":"NIST","key_len":256,"nice_name":"wrong pin","status":"wrong pin"}}})",
       R"({"result":{"hsm25":{"nice_name":"wrong pin"}}})",
       R"({"result":[{"key_type":"NIST","nice_name":"wrong pin","error":"wrong pin"}]})",
       R"({"command":"eccsign","key":"wrong pin","nice_name":"wrong pin","text":"wrong pin"})",
       R"({"error":{"key":"wrong pin","code":7}})"}) {
    EXPECT_NE(read(body).meaning.reason, Reason::wrong_pin) << body;
    EXPECT_FALSE(read(body).meaning.names_pin) << body;
  }
}

TEST(Refusal, does_not_take_the_keys_name_for_the_devices_words) {
  const std::vector<std::string_view> names = {"hsm25", "wrong pin"};
  EXPECT_EQ(read(R"({"error":"unknown key: wrong pin"})", names).meaning.reason, Reason::unknown_key);
  EXPECT_FALSE(read(R"({"error":"cannot use 'Wrong PIN' now"})", names).meaning.names_pin);
  EXPECT_TRUE(read(R"({"error":"wrong pin"})", names).meaning.names_pin);
  EXPECT_TRUE(read(R"({"error":"wrong pin for key pin"})", {{"pin"}}).meaning.names_pin);
  EXPECT_EQ(read(R"({"error":"unknown key 'access denied'"})", {{"access denied"}}).meaning.reason,
            Reason::unknown_key);
}

TEST(Refusal, neither_searches_nor_quotes_a_result_that_is_secret) {
  for (const char* body :
       {R"({"result":"wrong pin of mine"})", R"({"Result":{"text":"wrong pin of mine"}})",
        R"({"command":"decrypt","result":["wrong pin of mine"]})", R"({"result":"wrong pin of mine)"}) {
    const auto refusal = read_refusal({body, {}, {}, "result", true});
    EXPECT_EQ(refusal.meaning.reason, Reason::device_error) << body;
    EXPECT_THAT(refusal.said, Not(HasSubstr("mine"))) << body;
  }
  EXPECT_EQ(read_refusal({R"({"error":"wrong pin"})", {}, {}, "result", true}).meaning.reason,
            Reason::wrong_pin);
}

TEST(Refusal, bears_anything) {
  for (const auto& body :
       {std::string("{"), std::string("["), std::string("<"), std::string("<title"), std::string("<title>"),
        std::string(100'000, '['), std::string(100'000, '<'), std::string("\0\0", 2),
        std::string("{\"error\":"), "{\"a\":" + std::string(500, '{') + "}", std::string(3'000'000, 'x')})
    EXPECT_LE(read(body).said.size(), 5000U);
}

}  // namespace
}  // namespace sesam::n200
