// SPDX-License-Identifier: Apache-2.0
#include "pin_check.h"

#include <gtest/gtest.h>

#include "failure.h"

namespace n200sim {
namespace {

// The text of the refusal, "" if there is none.
std::string check(Key& key, std::optional<std::string_view> pin, int max_tries = 0) {
  bool newly_locked = false;
  try {
    check_pin(key, pin, max_tries, newly_locked);
    return "";
  } catch (const DeviceError& error) {
    return error.what();
  }
}

Key key_with_pin() {
  Key key;
  key.pin = "12345678";
  return key;
}

TEST(PinCheck, KeyWithoutPinTakesAny) {
  Key key;
  EXPECT_EQ(check(key, std::nullopt), "");
  EXPECT_EQ(check(key, "1"), "");
}

TEST(PinCheck, KeyWithPinNeedsIt) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, "12345678"), "");
  EXPECT_EQ(check(key, "87654321"), "wrong pin");
  EXPECT_EQ(check(key, std::nullopt), "pin missing");
  EXPECT_EQ(check(key, ""), "pin missing");
}

TEST(PinCheck, StoredPinNeedNotBeGivenButMustNotBeWrong) {
  Key key = key_with_pin();
  key.pin_stored = true;
  EXPECT_EQ(check(key, std::nullopt), "");
  EXPECT_EQ(check(key, "12345678"), "");
  EXPECT_EQ(check(key, "1"), "wrong pin");
}

TEST(PinCheck, KeyIsLockedAfterTheLastTryForGood) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "12345678", 2), "key locked");
}

TEST(PinCheck, RightPinForgetsTheWrongOnes) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "12345678", 2), "");
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "12345678", 2), "");
}

TEST(PinCheck, MissingPinCostsNoTry) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, std::nullopt, 1), "pin missing");
  EXPECT_EQ(check(key, "12345678", 1), "");
}

}  // namespace
}  // namespace n200sim
