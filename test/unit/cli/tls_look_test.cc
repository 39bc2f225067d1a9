// SPDX-License-Identifier: Apache-2.0
#include "cli/tls_look.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sesam::cli {
namespace {

// Without care, SIGPIPE would end this process.
TEST(TlsLook, survives_a_peer_that_has_closed_the_connection) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  ::close(ends[1]);
  transport::Options options;
  options.connect_timeout_ms = 1000;
  const auto peer = look_at(Socket(ends[0]), {"hsm", "hsm", "443"}, options);
  ASSERT_FALSE(peer);
  EXPECT_EQ(peer.error().reason, Reason::tls_failed);
}

}  // namespace
}  // namespace sesam::cli
