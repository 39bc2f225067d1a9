// SPDX-License-Identifier: Apache-2.0
#include "n200/key_standing.h"

#include <gtest/gtest.h>

#include <vector>

namespace sesam::n200 {
namespace {

const KeyQuestion kWeb{"1|", "web"};

KeyRecord record(const char* key_id, Bytes public_key) {
  KeyRecord one;
  one.key_id = key_id;
  one.public_key = std::move(public_key);
  return one;
}

const KeyRecord kOld = record("hsm25", {1, 2}), kNew = record("hsm26", {3, 4});

// A ProcessMutex must outlive the process; what is kept here is no leak.
KeyStandings& new_standings() {
  static auto& kept = *new std::vector<KeyStandings*>;
  return *kept.emplace_back(new KeyStandings);
}

// Opens kOld as the answer to kWeb and holds one more answer against it.
bool replaced_by(const KeyQuestion& question, const std::vector<KeyRecord>& answer) {
  auto& standings = new_standings();
  const auto standing = standings.of(kWeb, kOld);
  standings.hold_against(question, answer);
  return standing->is_replaced();
}

TEST(KeyStanding, is_replaced_by_another_key_behind_its_name) { EXPECT_TRUE(replaced_by(kWeb, {kNew})); }

TEST(KeyStanding, is_replaced_by_another_public_part_of_its_key_id_whatever_was_asked) {
  EXPECT_TRUE(replaced_by(kWeb, {record("hsm25", {9, 9})}));
  EXPECT_TRUE(replaced_by({"1|", "hsm25"}, {record("hsm25", {9, 9})}));
}

TEST(KeyStanding, is_not_replaced_by_what_is_no_other_key) {
  EXPECT_FALSE(replaced_by(kWeb, {kOld}));
  EXPECT_FALSE(replaced_by(kWeb, {kOld, kNew}));  // two of a name
  EXPECT_FALSE(replaced_by(kWeb, {}));            // deleted, or not to be seen just now
  EXPECT_FALSE(replaced_by(kWeb, {record("hsm25", {})}));
}

TEST(KeyStanding, is_not_replaced_by_an_answer_to_another_question_or_of_another_device) {
  EXPECT_FALSE(replaced_by({"1|", "mail"}, {kNew}));
  EXPECT_FALSE(replaced_by({"2|", "web"}, {kNew}));
  EXPECT_FALSE(replaced_by({"2|", "web"}, {record("hsm25", {9, 9})}));
}

TEST(KeyStanding, is_of_an_rsa_key_by_modulus_and_exponent) {
  KeyRecord rsa = record("hsm25", {});
  rsa.modulus = {5, 5};
  rsa.exponent = {3};
  auto& standings = new_standings();
  const auto standing = standings.of(kWeb, rsa);
  standings.hold_against(kWeb, {rsa});
  EXPECT_FALSE(standing->is_replaced());
  rsa.exponent = {7};
  standings.hold_against(kWeb, {rsa});
  EXPECT_TRUE(standing->is_replaced());
}

TEST(KeyStandings, share_one_for_the_same_key_until_it_is_replaced) {
  auto& standings = new_standings();
  const auto first = standings.of(kWeb, kOld);
  EXPECT_EQ(standings.of(kWeb, kOld), first);
  EXPECT_NE(standings.of({"1|", "hsm25"}, kOld), first);
  standings.hold_against(kWeb, {kNew});
  const auto again = standings.of(kWeb, kOld);  // it came back
  EXPECT_NE(again, first);
  EXPECT_TRUE(first->is_replaced());
  EXPECT_FALSE(again->is_replaced());
}

}  // namespace
}  // namespace sesam::n200
