// SPDX-License-Identifier: Apache-2.0
#include "cli/discover_refusal.h"

#include <gtest/gtest.h>

namespace sesam::cli::discover {
namespace {

Refusal read(const std::string& body, bool with_pin = false, int status = 200) {
  Candidate candidate = as_assumed("eccsign", KeyType::ec);
  if (with_pin) candidate.fields.push_back(field_of(Role::pin, "pin", KeyType::ec));
  return read_refusal({true, status, body}, candidate, KeyType::ec, {"hsm42", "web", "AB12"});
}

TEST(DiscoverRefusal, is_recognised_in_the_words_of_many_devices) {
  const struct {
    const char* body;
    Meaning meaning;
    const char* field;
  } cases[] = {
      {R"({"error":"unknown command"})", Meaning::unknown_command, ""},
      {R"({"command":"eccsign","error":"Unknown command: eccsign"})", Meaning::unknown_command, ""},
      {R"({"status":"error","message":"Command 'eccsign' is not supported"})", Meaning::unknown_command, ""},
      {R"({"error":{"code":4,"message":"no such function"}})", Meaning::unknown_command, ""},
      {"invalid command", Meaning::unknown_command, ""},
      {"<html><head><title>Method not allowed</title></head></html>", Meaning::unknown_command, ""},
      {R"({"error":"missing parameter: digest_value"})", Meaning::missing_field, "digest_value"},
      {R"({"error":"required field 'tbs' not given"})", Meaning::missing_field, "tbs"},
      {R"({"error":{"missing_parameter":"tosign"}})", Meaning::missing_field, "tosign"},
      {R"({"errortext":"digest is required"})", Meaning::missing_field, "digest"},
      {R"({"result":"error: data missing"})", Meaning::missing_field, "data"},
      {R"({"error":"Parameter \"key_to_use\" is mandatory"})", Meaning::missing_field, "key_to_use"},
      {R"({"error":"missing argument"})", Meaning::missing_field, ""},
      {R"({"error":"unknown parameter 'hash'"})", Meaning::refused_field, "hash"},
      {R"({"error":"unexpected field: hash"})", Meaning::refused_field, "hash"},
      {R"({"error":"malformed request: hash"})", Meaning::bad_value, "hash"},
      {R"({"error":"invalid value for hash"})", Meaning::bad_value, "hash"},
      {R"({"error":"not a hex string, bad length"})", Meaning::bad_value, ""},
      {R"({"error":"unknown key"})", Meaning::unknown_key, ""},
      {R"({"error":"key not found: hsm42"})", Meaning::unknown_key, ""},
      {R"({"error":"no such object"})", Meaning::unknown_key, ""},
      {R"({"error":"pin missing"})", Meaning::pin_missing, ""},
      {R"({"error":"parameter key_pin is mandatory"})", Meaning::pin_missing, "key_pin"},
      {R"({"error":"wrong pin"})", Meaning::pin_missing, ""},
      {R"({"error":"access denied"})", Meaning::access_denied, ""},
      {R"({"error":"E17"})", Meaning::other, ""},
      {"", Meaning::other, ""},
  };
  for (const auto& [body, meaning, field] : cases) {
    const Refusal refusal = read(body);
    EXPECT_EQ(static_cast<int>(refusal.meaning), static_cast<int>(meaning)) << body << " " << refusal.field;
    EXPECT_EQ(refusal.field, field) << body;
  }
}

TEST(DiscoverRefusal, of_a_request_with_a_pin_may_be_about_the_pin) {
  const struct {
    const char* body;
    Meaning meaning;
  } cases[] = {
      {R"({"error":"wrong pin"})", Meaning::pin_refused},
      {R"({"error":"invalid PIN"})", Meaning::pin_refused},
      {R"({"error":"key locked"})", Meaning::pin_refused},
      {R"({"error":"PIN required"})", Meaning::pin_missing},
      {R"({"error":"PIN verification failed"})", Meaning::pin_refused},
      {R"({"error":"unknown parameter 'pin'"})", Meaning::refused_field},
      {R"({"error":"invalid parameter 'pin'"})", Meaning::pin_refused},
  };
  for (const auto& [body, meaning] : cases)
    EXPECT_EQ(static_cast<int>(read(body, true).meaning), static_cast<int>(meaning)) << body;
}

TEST(DiscoverRefusal, is_recognised_by_the_status_if_there_is_no_text) {
  EXPECT_EQ(read("unknown command", false, 401).meaning, Meaning::unauthorized);
  EXPECT_EQ(read("", false, 403).meaning, Meaning::access_denied);
  EXPECT_EQ(read("", false, 404).meaning, Meaning::unknown_command);
  EXPECT_EQ(read(R"({"error":"unknown key"})", false, 404).meaning, Meaning::unknown_key);
  EXPECT_EQ(read_refusal({false, 0, ""}, {}, KeyType::ec, {}).meaning, Meaning::unanswered);
}

// A name in a reply becomes part of a request.
TEST(DiscoverRefusal, suggests_no_name_that_could_change_a_key) {
  for (const char* name : {"new_pin", "delete", "key_acl", "cert_name", "import_data", "command", "a b",
                           "a&b=c", "x{pin}", "reset"})
    EXPECT_FALSE(is_plain_field_name(name)) << name;
  for (const char* name : {"digest_value", "tbs", "hsm-key", "DataToSign"})
    EXPECT_TRUE(is_plain_field_name(name)) << name;
}

TEST(DiscoverRefusal, has_the_same_shape_if_the_words_are_the_same) {
  const Candidate one = bare("signecc"), other = bare("signhash");
  const auto shape = [](const Candidate& candidate, const std::string& body) {
    return shape_of({true, 200, body}, candidate, {"hsm42"});
  };
  EXPECT_EQ(shape(one, R"({"command":"signecc","error":"no","time":"2026/11/27 18:30:01"})"),
            shape(other, R"({"command":"signhash","error":"no","time":"2026/11/27 18:30:02"})"));
  EXPECT_NE(shape(one, "E101"), shape(one, "E102"));
  EXPECT_EQ(without_numbers(shape(one, "E101")), without_numbers(shape(one, "E102")));
}

}  // namespace
}  // namespace sesam::cli::discover
