// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/addresses.h"

#include <gtest/gtest.h>

#include <string>

namespace sesam::transport::curl {
namespace {

std::string used(const Addresses& addresses) {
  return addresses.in_use() == nullptr ? "" : addresses.in_use()->data;
}

TEST(Addresses, are_given_to_libcurl_as_it_wants_them) {
  EXPECT_EQ(used(Addresses("")), "");
  EXPECT_EQ(used(Addresses("192.0.2.7")), "::192.0.2.7:");
  EXPECT_EQ(used(Addresses("192.0.2.7:8443")), "::192.0.2.7:8443");
  EXPECT_EQ(used(Addresses("hsm.example:8443")), "::hsm.example:8443");
  EXPECT_EQ(used(Addresses("2001:db8::7")), "::[2001:db8::7]:");
  EXPECT_EQ(used(Addresses("[2001:db8::7]")), "::[2001:db8::7]:");
  EXPECT_EQ(used(Addresses("[2001:db8::7]:8443")), "::[2001:db8::7]:8443");
}

TEST(Addresses, are_used_in_turn_each_once_after_a_success) {
  Addresses addresses("192.0.2.7|198.51.100.7:8443|2001:db8::7");
  EXPECT_EQ(addresses.count(), 3U);
  EXPECT_EQ(used(addresses), "::192.0.2.7:");
  EXPECT_TRUE(addresses.failed());
  EXPECT_EQ(used(addresses), "::198.51.100.7:8443");
  EXPECT_TRUE(addresses.failed());
  EXPECT_EQ(used(addresses), "::[2001:db8::7]:");
  EXPECT_FALSE(addresses.failed()) << "all were tried";
  EXPECT_EQ(used(addresses), "::192.0.2.7:");
  EXPECT_TRUE(addresses.failed());
  addresses.connected();
  EXPECT_EQ(used(addresses), "::198.51.100.7:8443") << "the one that works stays in use";
  EXPECT_TRUE(addresses.failed());
  EXPECT_TRUE(addresses.failed());
  EXPECT_FALSE(addresses.failed());
}

TEST(Addresses, that_were_tried_in_haste_are_used_in_turn_and_tried_again_by_who_has_the_time) {
  Addresses addresses("192.0.2.7|198.51.100.7");
  EXPECT_EQ(addresses.untried(), 2U);
  EXPECT_TRUE(addresses.failed_in_haste());
  EXPECT_EQ(used(addresses), "::198.51.100.7:");
  EXPECT_EQ(addresses.untried(), 1U);
  EXPECT_TRUE(addresses.failed()) << "the first was not given its time";
  EXPECT_EQ(used(addresses), "::192.0.2.7:");
  EXPECT_FALSE(addresses.failed());
  addresses.connected();
  EXPECT_TRUE(addresses.failed_in_haste());
  EXPECT_FALSE(addresses.failed_in_haste()) << "all were tried";
  EXPECT_EQ(addresses.untried(), 2U);
}

TEST(Addresses, have_nothing_else_to_try_where_there_is_one_or_none) {
  Addresses none(""), one("192.0.2.7");
  EXPECT_EQ(none.count(), 1U);
  EXPECT_FALSE(none.failed());
  EXPECT_FALSE(one.failed());
  EXPECT_EQ(used(one), "::192.0.2.7:");
}

}  // namespace
}  // namespace sesam::transport::curl
