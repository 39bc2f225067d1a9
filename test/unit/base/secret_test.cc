// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

namespace sesam {
namespace {

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<std::string, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);

TEST(Secret, is_empty_at_first) {
  const Secret none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.reveal(), "");
  EXPECT_TRUE(Secret("").empty());
}

TEST(Secret, reveals_what_it_was_given_with_its_nul_bytes) {
  const std::string_view bytes("a\0b", 3);
  EXPECT_EQ(Secret(bytes).reveal(), bytes);
}

TEST(Secret, takes_bytes_as_digits) {
  Secret secret("x");
  secret.append_hex_of(std::string_view("\x00\xAB\xFF", 3));
  secret.append_hex_of("\xCD", "0123456789abcdef");
  EXPECT_EQ(secret.reveal(), "x00ABFFcd");
}

TEST(Secret, is_moved_and_leaves_nothing_behind) {
  Secret first("4711");
  Secret second(std::move(first));
  EXPECT_EQ(second.reveal(), "4711");
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): Secret guarantees that it is empty
  Secret third("other");
  third = std::move(second);
  EXPECT_EQ(third.reveal(), "4711");
}

TEST(Secret, survives_a_move_to_itself) {
  Secret secret("4711");
  Secret& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.reveal(), "4711");
}

TEST(Secret, is_copied_by_name_only) {
  const Secret secret("4711");
  const Secret copy = secret.clone();
  EXPECT_EQ(copy, secret);
  EXPECT_NE(copy.reveal().data(), secret.reveal().data());
}

TEST(Secret, compares_length_and_bytes) {
  EXPECT_EQ(Secret("4711"), Secret("4711"));
  EXPECT_NE(Secret("4711"), Secret("4712"));
  EXPECT_NE(Secret("4711"), Secret("47110"));
  EXPECT_EQ(Secret(), Secret(""));
}

TEST(Secret, grows_by_appending) {
  Secret secret;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    secret.append("0123456789");
    expected += "0123456789";
  }
  EXPECT_EQ(secret.reveal(), expected);
  secret.append("");
  EXPECT_EQ(secret.reveal().size(), expected.size());
}

TEST(Secret, keeps_its_wiped_buffer_when_cleared) {
  Secret secret("4711");
  const char* buffer = secret.reveal().data();
  secret.clear();
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(std::string_view(buffer, 4), std::string_view("\0\0\0\0", 4));
  secret.append("0815");
  EXPECT_EQ(secret.reveal().data(), buffer);
}

}  // namespace
}  // namespace sesam
