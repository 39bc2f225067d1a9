// SPDX-License-Identifier: Apache-2.0
#include "transport/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sesam::transport {
namespace {

mode_t kind_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

TEST(Sockets, bury_leaves_a_connection_at_its_end_in_the_same_place) {
  Sockets sockets(1000);
  const int fd = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  ASSERT_NE(fd, -1);
  sockets.bury(fd);
  char byte = 0;
  EXPECT_EQ(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
  sockets.close(fd);
}

TEST(Sockets, that_were_buried_are_told_from_those_that_stand) {
  Sockets sockets(1000);
  const auto listener = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(listen(listener, 2), 0);
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  const auto connected = [&](std::size_t endpoint) {
    const int fd = sockets.open(AF_INET, SOCK_STREAM, 0, endpoint);
    sockaddr_in own{};
    length = sizeof own;
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length);
    return std::pair(fd, int{ntohs(own.sin_port)});
  };
  const auto [ended, ended_port] = connected(0);
  const auto [standing, standing_port] = connected(0);
  EXPECT_FALSE(sockets.is_buried(0, ended_port));
  EXPECT_FALSE(Sockets::has_ended(ended));
  sockets.bury(ended);
  EXPECT_TRUE(sockets.is_buried(0, ended_port));
  EXPECT_FALSE(sockets.is_buried(0, standing_port));
  close(accept(listener, nullptr, nullptr));
  const int peer = accept(listener, nullptr, nullptr);
  ASSERT_EQ(send(peer, "x", 1, 0), 1);
  close(peer);
  EXPECT_FALSE(Sockets::has_ended(standing)) << "its reply is not read yet";
  char byte = 0;
  EXPECT_EQ(recv(standing, &byte, 1, 0), 1);
  EXPECT_TRUE(Sockets::has_ended(standing));
  sockets.close(ended);
  EXPECT_FALSE(sockets.is_buried(0, ended_port)) << "forgotten with its number";
  close(listener);
}

// The process has reached its limit of descriptors, or exceeds it because the limit was lowered.
TEST(Sockets, bury_ends_a_connection_where_no_descriptor_is_left) {
  const auto listener = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_EQ(listen(listener, 2), 0);
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  for (const bool was_closed : {false, true}) {
    Sockets sockets(1000);
    const int fd = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    sockaddr_in own{};
    getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length);
    const int peer = accept(listener, nullptr, nullptr);
    ASSERT_EQ(send(peer, "farewell", 8, 0), 8);
    if (was_closed) close(peer);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{3, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    sockets.bury(fd);
    setrlimit(RLIMIT_NOFILE, &before);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Sockets::has_ended(fd)) << was_closed;
    EXPECT_TRUE(sockets.is_buried(0, ntohs(own.sin_port)));
    EXPECT_EQ(sockets.count_of(0), 1U) << "libcurl closes it";
    sockets.close(fd);
    EXPECT_EQ(kind_of(fd), mode_t{0});
    if (!was_closed) close(peer);
  }
  close(listener);
}

TEST(Sockets, that_somebody_else_closed_are_noticed_unless_they_were_used) {
  Sockets sockets(1000);
  const int open_one = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  const int used = sockets.open(AF_INET, SOCK_STREAM, 0, 1);
  const int closed = sockets.open(AF_INET, SOCK_STREAM, 0, 2);
  const int replaced = sockets.open(AF_INET, SOCK_STREAM, 0, 3);
  sockets.note_use(used);
  EXPECT_TRUE(sockets.is_in_use(used));
  EXPECT_FALSE(sockets.take_lost());
  close(closed);
  const int other = open("/dev/null", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(dup2(other, replaced), replaced);
  for (const std::size_t endpoint : {2U, 3U}) {
    const auto lost = sockets.take_lost();
    ASSERT_TRUE(lost);
    EXPECT_EQ(lost->endpoint, endpoint);
  }
  EXPECT_FALSE(sockets.take_lost());
  EXPECT_TRUE(sockets.endpoint_of(open_one));
  EXPECT_FALSE(sockets.endpoint_of(replaced)) << "it is another file now";
  close(replaced);
  if (other != closed) close(other);
  sockets.close(open_one);
  sockets.close(used);
}

TEST(Sockets, bury_touches_no_number_that_became_another_file) {
  Sockets sockets(1000);
  const int fd = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(dup2(null, fd), fd);
  sockets.bury(fd);
  EXPECT_EQ(kind_of(fd), mode_t{S_IFCHR});
  close(fd);
  close(null);
}

TEST(Sockets, that_were_used_are_missed_when_the_program_closes_them) {
  Sockets sockets(1000);
  const int used = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  const int unused = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  sockets.note_use(used);
  close(unused);
  EXPECT_TRUE(sockets.are_ours()) << "libcurl does that";
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(dup2(null, used), used);
  EXPECT_FALSE(sockets.are_ours());
  sockets.close(used);
  EXPECT_EQ(kind_of(used), mode_t{S_IFCHR}) << "it is the program's";
  EXPECT_TRUE(sockets.are_ours());
  close(used);
  close(null);
}

TEST(Sockets, a_used_one_is_told_from_an_earlier_one_of_its_number) {
  Sockets sockets(1000);
  const int first = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  close(first);
  const int second = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  ASSERT_EQ(second, first);
  sockets.note_use(second);
  EXPECT_TRUE(sockets.are_ours());
  sockets.close_all();
  EXPECT_EQ(sockets.count(), 0U);
  EXPECT_EQ(kind_of(second), mode_t{0});
}

// The number may belong to a file of another thread by then.
TEST(Sockets, bury_touches_no_number_that_was_given_back) {
  Sockets sockets(1000);
  const int fd = sockets.open(AF_INET, SOCK_STREAM, 0, 0);
  ASSERT_NE(fd, -1);
  sockets.close(fd);
  sockets.bury(fd);
  EXPECT_EQ(kind_of(fd), mode_t{0}) << "nobody would close it";
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(dup2(null, fd), fd);
  sockets.bury(fd);
  EXPECT_EQ(kind_of(fd), mode_t{S_IFCHR});
  close(fd);
  if (null != fd) close(null);
}

}  // namespace
}  // namespace sesam::transport
