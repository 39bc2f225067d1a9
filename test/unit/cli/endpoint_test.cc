// SPDX-License-Identifier: Apache-2.0
#include "cli/endpoint.h"

#include <gtest/gtest.h>

namespace sesam::cli {
namespace {

struct Row {
  const char* url;
  const char* address;
  Endpoint expected;
};

TEST(Endpoint, IsWhereUrlAndAddressLead) {
  const Row rows[] = {
      {"https://hsm", "", {"hsm", "hsm", "443"}},
      {"https://hsm:8443", "", {"hsm", "hsm", "8443"}},
      {"https://hsm:8443", "192.0.2.7", {"hsm", "192.0.2.7", "8443"}},
      {"https://hsm", "192.0.2.7:99", {"hsm", "192.0.2.7", "99"}},
      {"https://[2001:db8::7]:8443", "", {"2001:db8::7", "2001:db8::7", "8443"}},
      {"https://hsm", "2001:db8::7", {"hsm", "2001:db8::7", "443"}},
      {"https://hsm", "[2001:db8::7]", {"hsm", "2001:db8::7", "443"}},
      {"https://hsm", "[2001:db8::7]:99", {"hsm", "2001:db8::7", "99"}},
  };
  for (const auto& row : rows) {
    const auto found = endpoint_of(row.url, row.address);
    EXPECT_EQ(found.name, row.expected.name) << row.url << " " << row.address;
    EXPECT_EQ(found.host, row.expected.host) << row.url << " " << row.address;
    EXPECT_EQ(found.port, row.expected.port) << row.url << " " << row.address;
  }
}

TEST(Endpoint, DigitsResolveToThemselves) {
  const auto addresses = resolve({"hsm", "127.0.0.1", "1"});
  ASSERT_TRUE(addresses);
  EXPECT_EQ(text_of(*addresses), "127.0.0.1");
}

TEST(Endpoint, ANameThatNobodyHasIsTold) {
  const auto addresses = resolve({"hsm", "hsm.invalid", "1"});
  ASSERT_FALSE(addresses);
  EXPECT_EQ(addresses.error().reason, Reason::cannot_resolve);
  EXPECT_NE(addresses.error().detail.find("hsm.invalid: "), std::string::npos);
}

TEST(Endpoint, ARefusedConnectionIsTold) {
  const Endpoint endpoint{"hsm", "127.0.0.1", "1"};
  const auto addresses = resolve(endpoint);
  ASSERT_TRUE(addresses);
  const auto socket = connect_to(*addresses, endpoint, 5000);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().reason, Reason::cannot_connect);
}

}  // namespace
}  // namespace sesam::cli
