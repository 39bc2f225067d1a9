// SPDX-License-Identifier: Apache-2.0
#include "cli/endpoint.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

namespace sesam::cli {
namespace {

struct Row {
  const char* url;
  const char* address;
  Endpoint expected;
};

TEST(Endpoint, is_where_url_and_address_lead) {
  const Row rows[] = {
      {"https://hsm", "", {"hsm", "hsm", "443"}},
      {"https://hsm:8443", "", {"hsm", "hsm", "8443"}},
      {"https://hsm:8443", "192.0.2.7", {"hsm", "192.0.2.7", "8443"}},
      {"https://hsm", "192.0.2.7:99", {"hsm", "192.0.2.7", "99"}},
      {"https://[2001:db8::7]:8443", "", {"2001:db8::7", "2001:db8::7", "8443"}},
      {"https://hsm", "2001:db8::7", {"hsm", "2001:db8::7", "443"}},
      {"https://hsm", "[2001:db8::7]", {"hsm", "2001:db8::7", "443"}},
      {"https://[fe80::7%25eth0]:8443", "", {"fe80::7", "fe80::7%eth0", "8443"}},
      {"https://[fe80::7%eth0]", "", {"fe80::7", "fe80::7%eth0", "443"}},
      {"https://[fe80::7%25]", "", {"fe80::7", "fe80::7%25", "443"}},
      {"https://hsm", "[fe80::7%25eth0]:99", {"hsm", "fe80::7%eth0", "99"}},
      {"https://hsm", "[2001:db8::7]:99", {"hsm", "2001:db8::7", "99"}},
  };
  for (const auto& row : rows) {
    const auto found = endpoint_of(row.url, row.address);
    EXPECT_EQ(found.name, row.expected.name) << row.url << " " << row.address;
    EXPECT_EQ(found.host, row.expected.host) << row.url << " " << row.address;
    EXPECT_EQ(found.port, row.expected.port) << row.url << " " << row.address;
  }
}

TEST(Endpoint, given_as_digits_resolves_to_itself) {
  const auto addresses = resolve({"hsm", "127.0.0.1", "1"}, 5000);
  ASSERT_TRUE(addresses);
  EXPECT_EQ(text_of(*addresses), "127.0.0.1");
}

TEST(Endpoint, with_a_zone_resolves_to_an_address_of_that_interface) {
  for (const char* url : {"https://[::1%25lo]", "https://[fe80::1%25lo]", "https://[fe80::1%251]"}) {
    const auto addresses = resolve(endpoint_of(url, {}), 5000);
    EXPECT_TRUE(addresses) << url;
  }
  EXPECT_FALSE(resolve(endpoint_of("https://[fe80::1%25no-such-if]", {}), 5000));
}

TEST(Endpoint, with_an_unknown_name_is_reported) {
  const auto addresses = resolve({"hsm", "hsm.invalid", "1"}, 5000);
  ASSERT_FALSE(addresses);
  EXPECT_EQ(addresses.error().reason, Reason::cannot_resolve);
  EXPECT_NE(addresses.error().detail.find("hsm.invalid: "), std::string::npos);
}

TEST(Endpoint, that_refuses_the_connection_is_reported) {
  const Endpoint endpoint{"hsm", "127.0.0.1", "1"};
  const auto addresses = resolve(endpoint, 5000);
  ASSERT_TRUE(addresses);
  const auto socket = connect_to(*addresses, endpoint, 5000);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().reason, Reason::cannot_connect);
}

TEST(Endpoint, that_does_not_respond_is_waited_for_until_the_deadline) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const Socket ours(ends[0]), theirs(ends[1]);
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  EXPECT_FALSE(wait_for(ours, POLLIN, soon));
  EXPECT_GE(std::chrono::steady_clock::now(), soon);
  EXPECT_FALSE(wait_for(ours, POLLIN, soon)) << "the deadline is over";
  EXPECT_TRUE(wait_for(ours, POLLOUT, soon));
}

}  // namespace
}  // namespace sesam::cli
