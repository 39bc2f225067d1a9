// SPDX-License-Identifier: Apache-2.0
#include "n200/proven_login.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;

class ProvenLoginTest : public testing::Test {
 protected:
  static constexpr ProvenLogin::Request kGet{Operation::find_key, true, 0, 0};
  static constexpr ProvenLogin::Request kSign{Operation::ec_sign, false, 0, 0};
  static constexpr ProvenLogin::Request kGenerate{Operation::ec_generate, false, 0, 0};

  void authorized(const ProvenLogin::Request& request) { login_.authorized(request, now_); }
  bool is_right_for(const ProvenLogin::Request& denied) { return login_.is_right_for(denied, now_); }

  ProvenLogin login_;
  ProvenLogin::Clock::time_point now_ = ProvenLogin::Clock::now();
};

TEST_F(ProvenLoginTest, is_right_after_a_get_was_authorized) {
  EXPECT_FALSE(is_right_for(kSign));
  authorized(kSign);
  EXPECT_FALSE(is_right_for(kGenerate));
  authorized(kGet);
  EXPECT_TRUE(is_right_for(kGenerate));
  EXPECT_TRUE(is_right_for(kGenerate));
}

TEST_F(ProvenLoginTest, is_right_for_a_short_time) {
  authorized(kGet);
  now_ += 9s;
  EXPECT_TRUE(is_right_for(kSign));
  now_ += 1s;
  EXPECT_FALSE(is_right_for(kSign));
}

TEST_F(ProvenLoginTest, may_be_wrong_where_what_was_authorized_before_is_denied) {
  for (const auto& denied : {kSign, kGet}) {
    authorized(kGet);
    authorized(kSign);
    EXPECT_TRUE(is_right_for(kGenerate));
    EXPECT_FALSE(is_right_for(denied));
    EXPECT_FALSE(is_right_for(kGenerate)) << "for other requests too";
  }
}

TEST_F(ProvenLoginTest, may_be_wrong_with_another_password_and_on_another_node) {
  authorized(kGet);
  EXPECT_FALSE(is_right_for({Operation::ec_sign, false, 0, 1}));
  EXPECT_FALSE(is_right_for({Operation::ec_sign, false, 1, 0}));
  authorized({Operation::ec_sign, false, 0, 1});
  EXPECT_FALSE(is_right_for({Operation::ec_generate, false, 0, 1}));
}

}  // namespace
}  // namespace sesam::n200
