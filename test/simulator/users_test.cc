// SPDX-License-Identifier: Apache-2.0
#include "users.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sesam::simulator {
namespace {

TEST(Users, may_have_a_password_with_colons) {
  const User user = parse_user("pkmaster:a:b:post");
  EXPECT_EQ(user.name, "pkmaster");
  EXPECT_EQ(user.password, "a:b");
  EXPECT_TRUE(user.may_post);
  EXPECT_FALSE(user.may_get);
}

TEST(Users, may_have_no_rule_but_not_an_unknown_one) {
  const User user = parse_user("nobody:x:");
  EXPECT_FALSE(user.may_post || user.may_get);
  EXPECT_THROW(parse_user("nobody:x:put"), std::invalid_argument);
  EXPECT_THROW(parse_user("nobody:x"), std::invalid_argument);
}

TEST(Users, authenticate_by_the_exact_header) {
  Users users;
  users.put(parse_user("Aladdin:open sesame:get"));
  const std::string header = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";  // RFC 7617, 2
  ASSERT_NE(users.authenticate(header), nullptr);
  EXPECT_EQ(users.authenticate(header)->name, "Aladdin");
  EXPECT_EQ(users.authenticate(""), nullptr);
  users.put(parse_user("Aladdin:changed:get"));
  EXPECT_EQ(users.authenticate(header), nullptr);
}

}  // namespace
}  // namespace sesam::simulator
