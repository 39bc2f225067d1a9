// SPDX-License-Identifier: Apache-2.0
// Replies that have what was requested and report an error, too.
#include "n200/reply_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>

#include "n200/device.h"
#include "n200/options.h"
#include "n200/pin_verdicts.h"
#include "n200/uri.h"
#include "scripted_pipeline.h"

namespace sesam::n200 {
namespace {

using testing::HasSubstr;

// Members that report no error.
constexpr const char* kNoErrors[] = {
    R"("error":null)",
    R"("error":"")",
    R"("error":false)",
    R"("error":0)",
    R"("error":"0")",
    R"("error":"0x00")",
    R"("error":"none")",
    R"("Error":"OK")",
    R"("error":"n/a")",
    R"("error":"null")",
    R"("error":[])",
    R"("error":{})",
    R"("error":"NO_ERROR")",
    R"("error":"No error.")",
    R"("error":"Operation completed successfully.")",
    R"("error":{"code":0,"message":"success"})",
    R"("errorcode":0,"errortext":"command executed")",
    R"("errno":0,"err_msg":"")",
    R"("status":{"error":false,"errors":[]})",
    R"("message":"wrong pin, key not found")",
    R"("warning":"the password expires soon")",
    R"("error_count":3)",
    R"("terror":"wrong pin")",
};

// Members that report an error that sesam understands.
constexpr const char* kWrongPin[] = {
    R"("error":"wrong pin")",
    R"("ERROR":"Wrong PIN")",
    R"("err_msg":"wrong pin")",
    R"("_error":"wrong pin")",
    R"("\u0065rror":"wrong pin")",
    R"("error":{"code":17,"message":"wrong pin"})",
    R"("errors":["wrong pin"])",
    R"("errorcode":0,"errortext":"wrong pin")",
    R"("exception":{"text":"wrong pin"})",
    R"("status":{"error":"wrong pin"})",
};

// Members that report an error that may or may not be about the request.
constexpr const char* kOdd[] = {R"("error":"key is protected")", R"("error":true)", R"("errorcode":4711)",
                                R"("fault":"cluster not in sync")", R"("error":{"no":31,"text":"entropy"})"};

std::string reply_with(const std::string& answer, const char* more, bool first) {
  return first ? std::string("{") + more + "," + answer + "}" : "{" + answer + "," + more + "}";
}

struct AnswerAndError : testing::Test {
  static constexpr char kKeyId[] = "hsm010123F13C56131E1EEE0000000000000025";

  Device& device(std::string body, int level = 0) {
    pipeline = std::make_shared<ScriptedPipeline>(std::deque{answer(std::move(body))});
    Options options;
    options.key_cache_seconds = 0;
    made_device = std::make_shared<Device>(pipeline, std::move(options), *Log::open(level, "stderr"));
    return *made_device;
  }
  Result<Signed> sign(const char* more, const KeyHandle& key, bool first = true) {
    std::array<unsigned char, 64> signature{};
    const std::string result = R"("command":"eccsign","core":1,"result":")" + std::string(128, 'A') + "\"";
    return device(reply_with(result, more, first)).sign(key, {Operation::ec_sign, signature}, signature);
  }
  // A PIN that no other test has used, because verdicts are shared by the process.
  static KeyHandle key() {
    static unsigned made = 0;
    return KeyHandle(kKeyId, "", "web", 1, Secret("judge" + std::to_string(made++)));
  }

  std::shared_ptr<ScriptedPipeline> pipeline;
  std::shared_ptr<Device> made_device;
};

TEST_F(AnswerAndError, are_a_success_if_the_error_is_none) {
  for (const char* more : kNoErrors) {
    const KeyHandle web = key();
    const auto made = sign(more, web);
    ASSERT_TRUE(made) << more << made.error().detail;
    EXPECT_FALSE(made->should_verify) << more;
    EXPECT_TRUE(web.pin_verdicts->of(0).is_proven()) << more;
    EXPECT_TRUE(device(reply_with(R"("result":"1664657599")", more, false)).timestamp()) << more;
  }
}

TEST_F(AnswerAndError, are_an_error_if_it_is_understood) {
  for (const char* more : kWrongPin)
    for (const bool first : {true, false}) {
      const KeyHandle web = key();
      const auto made = sign(more, web, first);
      ASSERT_FALSE(made) << more;
      EXPECT_EQ(made.error().reason, Reason::wrong_pin) << more;
      EXPECT_THAT(sign(more, web).error().detail, HasSubstr("request not sent")) << more;
    }
  EXPECT_EQ(sign(R"("error":"access denied")", key()).error().reason, Reason::access_denied);
  const std::string record = R"("result":{"hsm26":{"key_type":"NIST","nice_name":"web"}})";
  EXPECT_EQ(device(reply_with(record, R"("error":"access denied")", true))
                .find_key(*KeyUri::parse("sesam:web"))
                .error()
                .reason,
            Reason::access_denied);
}

TEST_F(AnswerAndError, need_a_valid_signature_if_it_is_not_understood_and_prove_no_pin) {
  for (const char* more : kOdd) {
    const KeyHandle web = key();
    const auto made = sign(more, web);
    ASSERT_TRUE(made) << more << made.error().detail;
    EXPECT_TRUE(made->should_verify) << more;
    EXPECT_FALSE(web.pin_verdicts->of(0).is_proven()) << more;
  }
}

TEST_F(AnswerAndError, are_the_key_that_was_looked_up_if_it_is_not_understood) {
  for (const char* more : kOdd)
    EXPECT_TRUE(device(reply_with(R"("result":{"hsm26":{"key_type":"SYM","nice_name":"web"}})", more, true))
                    .find_key(*KeyUri::parse("sesam:web")))
        << more;
}

TEST_F(AnswerAndError, are_an_error_if_nothing_can_prove_the_answer) {
  for (const char* more : kOdd) {
    std::array<unsigned char, 2> bytes{};
    const auto random = device(reply_with(R"("result":"0000")", more, true)).random(bytes);
    ASSERT_FALSE(random) << more;
    EXPECT_EQ(random.error().reason, Reason::device_error) << more;
    EXPECT_FALSE(device(reply_with(R"("result":"1664657599")", more, true)).timestamp()) << more;
    EXPECT_FALSE(device(reply_with(R"("result":"A846")", more, true)).encrypt(key(), Bytes{'a'})) << more;
    EXPECT_FALSE(device(reply_with(R"("result":"ab")", more, true)).decrypt(key(), Bytes{1})) << more;
  }
  std::array<unsigned char, 2> bytes{};
  EXPECT_THAT(device(R"({"result":"0000","error":"no entropy"})").random(bytes).error().detail,
              HasSubstr("device message: \"no entropy\""));
}

TEST_F(AnswerAndError, do_not_show_the_plaintext) {
  const auto plain =
      device(R"({"result":"the plaintext","error":"key expires soon"})").decrypt(key(), Bytes{1});
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().detail, HasSubstr("key expires soon"));
  EXPECT_THAT(plain.error().detail, testing::Not(HasSubstr("plaintext")));
}

}  // namespace
}  // namespace sesam::n200
