// SPDX-License-Identifier: Apache-2.0
#include "transport/doorbell.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace sesam::transport {
namespace {

bool is_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return poll(&one, 1, 0) == 1;
}

TEST(Doorbell, is_readable_from_a_ring_until_it_is_silenced) {
  const Doorbell bell;
  ASSERT_TRUE(bell.is_open());
  EXPECT_GT(bell.fd(), STDERR_FILENO);
  for (int round = 0; round < 3; ++round) {
    EXPECT_FALSE(is_readable(bell.fd()));
    EXPECT_TRUE(bell.ring());
    EXPECT_TRUE(bell.ring());
    EXPECT_TRUE(is_readable(bell.fd()));
    EXPECT_TRUE(bell.silence());
  }
  EXPECT_TRUE(bell.silence()) << "silent already";
  EXPECT_TRUE(bell.is_ours());
}

// As seen by an epoll whose user never calls silence().
TEST(Doorbell, makes_a_new_edge_with_each_ring) {
  const Doorbell bell;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  ASSERT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, bell.fd(), &event), 0);
  for (int round = 0; round < 1000; ++round) {
    ASSERT_TRUE(bell.ring());
    ASSERT_EQ(epoll_wait(epoll, &event, 1, 0), 1) << round;
    ASSERT_EQ(epoll_wait(epoll, &event, 1, 0), 0) << round;
  }
  close(epoll);
}

TEST(Doorbell, writes_nothing_into_a_file_that_got_its_number_and_leaves_it_open) {
  const int file = memfd_create("own", MFD_CLOEXEC);
  int number = -1;
  {
    const Doorbell bell;
    number = bell.fd();
    ASSERT_EQ(dup2(file, number), number);
    EXPECT_FALSE(bell.is_ours());
    EXPECT_FALSE(bell.ring());
    EXPECT_FALSE(bell.silence());
  }
  EXPECT_EQ(lseek(number, 0, SEEK_END), 0);
  EXPECT_EQ(close(number), 0) << "it was still open";
  close(file);
}

TEST(Doorbell, writes_nothing_into_a_connection_that_got_its_number_and_reads_nothing_from_it) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  ASSERT_EQ(send(pair[1], "theirs", 6, 0), 6);
  {
    const Doorbell bell;
    ASSERT_EQ(dup2(pair[0], bell.fd()), bell.fd());
    bell.ring();
    bell.silence();
    close(bell.fd());
  }
  char bytes[8];
  EXPECT_EQ(recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(recv(pair[0], bytes, sizeof bytes, MSG_DONTWAIT), 6);
  close(pair[0]);
  close(pair[1]);
}

TEST(Doorbell, that_was_closed_rings_in_vain) {
  const Doorbell bell;
  close(bell.fd());
  EXPECT_FALSE(bell.ring());
  EXPECT_FALSE(bell.silence());
  EXPECT_FALSE(bell.is_ours());
}

}  // namespace
}  // namespace sesam::transport
