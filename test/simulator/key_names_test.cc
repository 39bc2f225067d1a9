// SPDX-License-Identifier: Apache-2.0
#include "key_names.h"

#include <gtest/gtest.h>

namespace sesam::simulator {
namespace {

// The names in the transcript of n200.md.
TEST(KeyNames, have_a_key_id_of_39_characters) {
  const std::string key_id = make_key_id("23F13C56131E1EEE", 25);
  EXPECT_EQ(key_id, "hsm010123F13C56131E1EEE0000000000000025");
  EXPECT_EQ(key_id.size(), 39U);
}

TEST(KeyNames, have_a_slot_of_31_characters_with_the_last_8_digits_of_the_counter) {
  EXPECT_EQ(make_slot("hsm010123F13C56131E1EEE0000000000000025"), "hsm010123F13C56131E1EEE00000025");
  EXPECT_EQ(make_slot(make_key_id("23F13C56131E1EEE", 1234567890)), "hsm010123F13C56131E1EEE34567890");
}

TEST(KeyNames, have_an_id_of_six_bytes_in_upper_case_hex) {
  const std::string id = random_id();
  EXPECT_EQ(id.size(), 12U);
  EXPECT_EQ(id.find_first_not_of("0123456789ABCDEF"), std::string::npos);
}

}  // namespace
}  // namespace sesam::simulator
