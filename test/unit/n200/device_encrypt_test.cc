// SPDX-License-Identifier: Apache-2.0
// Encryption and decryption, and the clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "n200/device.h"
#include "n200/options.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

struct Encryption : testing::Test {
  Device& device(std::deque<transport::Reply> answers, Options options = {}) {
    pipeline = std::make_shared<ScriptedPipeline>(std::move(answers));
    made_device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(0, "stderr"));
    return *made_device;
  }
  const KeyHandle key{"hsm26", "hsm26", "k01", 1, Secret("12345678")};
  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> made_device;
};

TEST_F(Encryption, sends_its_secrets_by_post) {
  const auto cipher =
      device({answer(R"({"command":"encrypt","core":1,"result":"A846"})")}).encrypt(key, bytes_of("hello"));
  ASSERT_TRUE(cipher) << cipher.error().detail;
  EXPECT_EQ(*cipher, (Bytes{0xA8, 0x46}));
  EXPECT_THAT(pipeline->asked,
              ElementsAre("command=encrypt&core=1&key=hsm26&pin=12345678&mode=CBC&text=hello"));
}

TEST_F(Encryption, is_undone_by_decryption) {
  const auto plain = device({answer(R"({"command":"decrypt","core":1,"result":"hello\nworld \u00e4"})")})
                         .decrypt(key, Bytes{0xA8, 0x46});
  ASSERT_TRUE(plain) << plain.error().detail;
  EXPECT_EQ(plain->reveal(), "hello\nworld \xC3\xA4");
  EXPECT_THAT(pipeline->asked, ElementsAre(HasSubstr("text=A846")));
}

TEST_F(Encryption, can_take_the_observed_form) {
  Options options;
  ASSERT_TRUE(
      options.wire.set(Operation::encrypt, "GET /n200/encrypt/{name}/{pin}/CBC/{data:text}/ -> result"));
  ASSERT_TRUE(
      device({answer(R"({"result":"00"})")}, std::move(options)).encrypt(key, bytes_of("hello-world")));
  EXPECT_THAT(pipeline->asked, ElementsAre("/n200/encrypt/k01/12345678/CBC/hello-world/"));
}

TEST_F(Encryption, refuses_what_the_device_could_not_give_back) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "\xFF"sv, "a\0b"sv, "\xC3"sv, "\xC0\x80"sv, "\xE0\x80\x80"sv,
                          "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xF0\x80\x80\x80"sv, "\xC3("sv}) {
    const auto cipher = device({answer("{}")}).encrypt(key, bytes_of(text));
    ASSERT_FALSE(cipher);
    EXPECT_EQ(cipher.error().reason, Reason::bad_argument);
    EXPECT_TRUE(pipeline->asked.empty());
  }
  for (const auto text : {"\xC3\xA4"sv, "\xE2\x82\xAC"sv, "\xF0\x9F\x94\x91"sv, "\t\n\x7F"sv})
    EXPECT_TRUE(device({answer(R"({"result":"00"})")}).encrypt(key, bytes_of(text)));
}

TEST_F(Encryption, of_any_bytes_is_for_a_device_that_takes_them_encoded) {
  Options options;
  ASSERT_TRUE(
      options.wire.set(Operation::encrypt, "POST command=encrypt data={data:base64} -> result:raw:base64"));
  const auto cipher =
      device({answer(R"({"result":"AQI="})")}, std::move(options)).encrypt(key, bytes_of("\xFF"));
  ASSERT_TRUE(cipher) << cipher.error().detail;
  EXPECT_EQ(*cipher, (Bytes{1, 2}));
  EXPECT_THAT(pipeline->asked, ElementsAre("command=encrypt&data=%2Fw%3D%3D"));
}

TEST_F(Encryption, does_not_show_the_text_in_an_error) {
  const auto cipher = device({answer(R"({"error":"malformed request: my secret text"})")})
                          .encrypt(key, bytes_of("my secret text"));
  ASSERT_FALSE(cipher);
  EXPECT_THAT(cipher.error().detail, HasSubstr("malformed request: <secret>"));
}

TEST_F(Encryption, refuses_a_result_in_another_encoding) {
  const auto cipher = device({answer(R"({"result":"no hex"})")}).encrypt(key, bytes_of("hello"));
  ASSERT_FALSE(cipher);
  EXPECT_EQ(cipher.error().reason, Reason::bad_reply);
}

TEST_F(Encryption, does_not_send_a_pin_again_that_was_wrong) {
  const KeyHandle wrong{"hsm26", "hsm26", "k01", 1, Secret("00000000")};
  Device& one = device({answer(R"({"error":"wrong pin"})")});
  EXPECT_FALSE(one.encrypt(wrong, bytes_of("hello")));
  EXPECT_FALSE(one.decrypt(wrong, bytes_of("hello")));
  EXPECT_EQ(pipeline->asked.size(), 1U);
}

using TheClock = Encryption;

TEST_F(TheClock, tells_seconds_as_observed) {
  const auto time = device({answer(R"({"command": "timestamp", "result": "1664657599"})")}).timestamp();
  ASSERT_TRUE(time) << time.error().detail;
  EXPECT_EQ(time->time_since_epoch().count(), 1664657599);
  EXPECT_THAT(pipeline->asked, ElementsAre("/n200/timestamp/"));
}

TEST_F(TheClock, may_be_wrong_by_many_years) {
  for (const char* said : {"0", "253402300799"})
    EXPECT_TRUE(device({answer(R"({"result":")" + std::string(said) + "\"}")}).timestamp()) << said;
}

TEST_F(TheClock, that_tells_no_time_in_seconds_is_refused) {
  for (const char* said : {"", "soon", "16646575991664657599", "1664657599s", "-9223372036854775808", "-1",
                           "253402300800", "9223372036854775807"}) {
    const auto time = device({answer(R"({"result":")" + std::string(said) + "\"}")}).timestamp();
    ASSERT_FALSE(time) << said;
    EXPECT_EQ(time.error().reason, Reason::reply_field_missing) << said;
  }
}

TEST_F(TheClock, may_tell_seconds_as_a_json_number) {
  for (const char* body : {R"({"command":"timestamp","result":1664657599})", R"({"Result": 1664657599 })"}) {
    const auto time = device({answer(body)}).timestamp();
    ASSERT_TRUE(time) << time.error().detail;
    EXPECT_EQ(time->time_since_epoch().count(), 1664657599);
  }
  for (const char* number : {"1.5", "1e9", "true", "null", "{}", "16646575991664657599"}) {
    const auto time = device({answer(R"({"result":)" + std::string(number) + "}")}).timestamp();
    ASSERT_FALSE(time) << number;
    EXPECT_EQ(time.error().reason, Reason::reply_field_missing) << number;
  }
}

}  // namespace
}  // namespace sesam::n200
