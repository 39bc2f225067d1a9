// SPDX-License-Identifier: Apache-2.0
#include "pin_check.h"

#include <gtest/gtest.h>

#include "failure.h"

namespace sesam::simulator {
namespace {

// Returns the text of the refusal, or "".
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

TEST(PinCheck, accepts_any_pin_for_a_key_without_one) {
  Key key;
  EXPECT_EQ(check(key, std::nullopt), "");
  EXPECT_EQ(check(key, "1"), "");
}

TEST(PinCheck, requires_the_pin_of_a_key_that_has_one) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, "12345678"), "");
  EXPECT_EQ(check(key, "87654321"), "wrong pin");
  EXPECT_EQ(check(key, std::nullopt), "pin missing");
  EXPECT_EQ(check(key, ""), "pin missing");
}

TEST(PinCheck, accepts_no_pin_but_not_a_wrong_one_where_the_pin_is_stored) {
  Key key = key_with_pin();
  key.pin_stored = true;
  EXPECT_EQ(check(key, std::nullopt), "");
  EXPECT_EQ(check(key, "12345678"), "");
  EXPECT_EQ(check(key, "1"), "wrong pin");
}

TEST(PinCheck, locks_a_key_permanently_after_the_last_try) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "12345678", 2), "key locked");
}

TEST(PinCheck, resets_the_count_of_wrong_pins_after_the_right_one) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "12345678", 2), "");
  EXPECT_EQ(check(key, "1", 2), "wrong pin");
  EXPECT_EQ(check(key, "12345678", 2), "");
}

TEST(PinCheck, does_not_count_a_missing_pin_as_a_try) {
  Key key = key_with_pin();
  EXPECT_EQ(check(key, std::nullopt, 1), "pin missing");
  EXPECT_EQ(check(key, "12345678", 1), "");
}

}  // namespace
}  // namespace sesam::simulator
