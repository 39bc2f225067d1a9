// SPDX-License-Identifier: Apache-2.0
#include "n200/key_standing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
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

// A ProcessMutex must outlive the process; keeping the objects here avoids a leak report.
KeyStandings& new_standings() {
  static auto& kept = *new std::vector<KeyStandings*>;
  return *kept.emplace_back(new KeyStandings);
}

// Opens kOld as the answer to kWeb, and checks it against another answer.
bool replaced_by(const KeyQuestion& question, const std::vector<KeyRecord>& answer) {
  auto& standings = new_standings();
  const auto standing = standings.of(kWeb, kOld);
  standings.check_against(question, answer);
  return standing->is_replaced();
}

TEST(KeyStanding, is_replaced_by_another_key_behind_its_name) { EXPECT_TRUE(replaced_by(kWeb, {kNew})); }

TEST(KeyStanding, is_replaced_by_another_public_part_of_its_key_id_whatever_was_asked) {
  EXPECT_TRUE(replaced_by(kWeb, {record("hsm25", {9, 9})}));
  EXPECT_TRUE(replaced_by({"1|", "hsm25"}, {record("hsm25", {9, 9})}));
}

TEST(KeyStanding, is_not_replaced_by_what_is_no_other_key) {
  EXPECT_FALSE(replaced_by(kWeb, {kOld}));
  EXPECT_FALSE(replaced_by(kWeb, {kOld, kNew}));  // two keys of one name
  EXPECT_FALSE(replaced_by(kWeb, {}));            // deleted, or currently not visible
  EXPECT_FALSE(replaced_by(kWeb, {record("hsm25", {})}));
}

TEST(KeyStanding, ignores_the_case_of_a_key_id) {
  EXPECT_FALSE(replaced_by(kWeb, {record("HSM25", {1, 2})}));
  EXPECT_TRUE(replaced_by({"1|", "other"}, {record("HSM25", {9, 9})}));
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
  standings.check_against(kWeb, {rsa});
  EXPECT_FALSE(standing->is_replaced());
  rsa.exponent = {7};
  standings.check_against(kWeb, {rsa});
  EXPECT_TRUE(standing->is_replaced());
}

TEST(KeyStandings, share_one_for_the_same_key_until_it_is_replaced) {
  auto& standings = new_standings();
  const auto first = standings.of(kWeb, kOld);
  EXPECT_EQ(standings.of(kWeb, kOld), first);
  EXPECT_NE(standings.of({"1|", "hsm25"}, kOld), first);
  standings.check_against(kWeb, {kNew});
  const auto again = standings.of(kWeb, kOld);  // kOld is back
  EXPECT_NE(again, first);
  EXPECT_TRUE(first->is_replaced());
  EXPECT_FALSE(again->is_replaced());
}

std::string name_of(int n) { return "hsm" + std::to_string(n); }

TEST(KeyStandings, do_not_cost_more_with_more_open_keys) {
  constexpr int kKeys = 50'000;  // checking each against all others would take minutes
  auto& standings = new_standings();
  std::vector<std::shared_ptr<KeyStanding>> open;
  const auto begun = std::chrono::steady_clock::now();
  for (int n = 0; n < kKeys; ++n) {
    const KeyQuestion question{"1|", name_of(n)};
    const KeyRecord one = record(name_of(n).c_str(), {1, 2});
    standings.check_against(question, {one});
    open.push_back(standings.of(question, one));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  EXPECT_EQ(standings.remembered(), std::size_t{kKeys});
  standings.check_against({"1|", name_of(7)}, {record("another", {3, 4})});
  standings.check_against({"1|", "all"}, {record(name_of(8).c_str(), {9})});
  for (int n = 0; n < kKeys; ++n) ASSERT_EQ(open[n]->is_replaced(), n == 7 || n == 8) << n;
}

TEST(KeyStandings, forget_keys_that_are_closed) {
  auto& standings = new_standings();
  const auto kept = standings.of({"1|", "kept"}, kOld);
  for (int n = 0; n < 10'000; ++n) {
    standings.of({"1|", name_of(n)}, record(name_of(n).c_str(), {1}));
    ASSERT_LE(standings.remembered(), 128U);
  }
  for (int n = 0; n < 10'000; ++n) standings.of(kWeb, kNew);  // the same key repeatedly
  EXPECT_LE(standings.remembered(), 128U);
  EXPECT_EQ(standings.of({"1|", "kept"}, kOld), kept);
}

}  // namespace
}  // namespace sesam::n200
