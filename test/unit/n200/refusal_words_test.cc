// SPDX-License-Identifier: Apache-2.0
#include "n200/refusal_words.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

void expect(Reason reason, std::initializer_list<const char*> texts) {
  for (const char* text : texts) EXPECT_EQ(meaning_of(text).reason, reason) << text;
}

TEST(Meaning, of_a_wrong_pin) {
  expect(Reason::wrong_pin, {"wrong pin",
                             "Wrong PIN!",
                             "error: wrong pin",
                             "invalid PIN",
                             "Incorrect pin for key web",
                             "PIN is wrong",
                             "PIN is not correct",
                             "the pin is invalid",
                             "ERR_INVALID_PIN",
                             "WRONG-PIN",
                             "WrongPin",
                             "InvalidPINCode",
                             "wrongpin",
                             "PIN mismatch",
                             "PIN does not match",
                             "PIN verification failed",
                             "access denied: wrong pin",
                             "bad pin (2 tries left)",
                             "PIN error",
                             "the PIN was rejected",
                             "wrong or missing pin",
                             "PIN locked",
                             "pin blocked",
                             "number of PIN tries exceeded",
                             "key locked: too many wrong pins"});
  for (const char* text : {"wrong pin", "PIN is not correct", "PIN verification failed"})
    EXPECT_TRUE(meaning_of(text).names_pin) << text;
}

TEST(Meaning, of_a_locked_key_does_not_name_the_pin) {
  for (const char* text :
       {"key locked", "PIN locked", "Key is locked", "the key 'web' was blocked", "KEY_LOCKED"}) {
    EXPECT_EQ(meaning_of(text).reason, Reason::wrong_pin) << text;
    EXPECT_FALSE(meaning_of(text).names_pin) << text;
  }
}

TEST(Meaning, of_a_missing_pin) {
  expect(Reason::pin_missing,
         {"pin missing", "missing pin", "PIN required", "this key requires a PIN", "no PIN given",
          "PIN not supplied", "signing failed: pin missing", "PinRequired", "PIN is empty"});
  EXPECT_FALSE(meaning_of("pin missing").names_pin);
}

TEST(Meaning, of_an_unknown_key) {
  expect(Reason::unknown_key, {"unknown key",
                               "unknown key: web",
                               "Key not found",
                               "no such key",
                               "key does not exist",
                               "key doesn't exist",
                               "KEY_NOT_FOUND",
                               "UnknownKey",
                               "cannot find key web",
                               "could not find the key",
                               "key web was not found",
                               "key is unknown",
                               "invalid key id",
                               "no key of that name",
                               "unable to find key",
                               "unknown token",
                               "object not found",
                               "unknownkey",
                               "key not found in core 1",
                               "unknown key for command eccsign"});
}

TEST(Meaning, of_an_unknown_command) {
  expect(Reason::unknown_command,
         {"unknown command", "invalid command", "command not found", "unsupported command", "no such command",
          "command eccsign is not supported", "UNKNOWN_COMMAND", "command not implemented", "unknown cmd",
          "unknown command: key"});
}

TEST(Meaning, of_an_unknown_core) {
  expect(Reason::wrong_core, {"unknown core", "invalid core 7", "no such core"});
}

TEST(Meaning, of_denied_access) {
  expect(Reason::access_denied,
         {"access denied", "Error 17: ACCESS DENIED for user", "permission denied", "Forbidden",
          "401 Unauthorized", "not authorized", "wrong password", "authentication failed",
          "you are not allowed to do this", "AccessDenied", "no access", "missing access rule",
          "unknown user", "insufficient rights", "account locked"});
}

TEST(Meaning, is_open_where_nobody_understands) {
  for (const char* text : {"out of paper", "", "ok", "unknown key type", "key type not supported",
                           "no key specified", "malformed request: key", "invalid key size", "spin wrong",
                           "code 17", "busy", "signing failed", "not supported: key type"})
    EXPECT_EQ(meaning_of(text).reason, Reason::device_error) << text;
}

TEST(Meaning, tells_errors_from_other_words) {
  for (const char* text : {"error 17", "signing failed", "ERR_17", "malformed: missing hash"})
    EXPECT_TRUE(meaning_of(text).is_error) << text;
  for (const char* text : {"ok", "AB12", "It works!", ""}) EXPECT_FALSE(meaning_of(text).is_error) << text;
}

}  // namespace
}  // namespace sesam::n200
