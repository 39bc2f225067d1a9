// SPDX-License-Identifier: Apache-2.0
// epoll as the I/O thread uses it, with descriptors that are closed or reused without notice.
#include "transport/poller.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <vector>

namespace sesam::transport {
namespace {

/// A connected pair of sockets; `far` has written one byte, so `near` is readable.
struct Pair {
  Pair() {
    int both[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both), 0);
    near = both[0];
    far = both[1];
    EXPECT_EQ(write(far, "x", 1), 1);
  }
  ~Pair() {
    close(near);
    close(far);
  }
  int near, far;
};

bool reports(Poller& poller, int fd) {
  poller.apply();
  poller.wait(0);
  for (const auto& ready : poller.ready())
    if (ready.fd == fd) return true;
  return false;
}

TEST(Poller, watches_a_number_again_that_was_closed_without_a_word) {
  Poller poller;
  const int closed_behind_our_back = eventfd(0, EFD_CLOEXEC);
  poller.want(closed_behind_our_back, EPOLLIN);
  EXPECT_FALSE(reports(poller, closed_behind_our_back));
  const Pair pair;
  ASSERT_EQ(dup3(pair.near, closed_behind_our_back, O_CLOEXEC), closed_behind_our_back);
  poller.want(closed_behind_our_back, EPOLLIN | EPOLLOUT);
  EXPECT_TRUE(reports(poller, closed_behind_our_back));
  EXPECT_FALSE(poller.take_unwatched());
  close(closed_behind_our_back);
}

TEST(Poller, starts_a_forgotten_number_from_the_beginning) {
  Poller poller;
  const Pair pair;
  poller.want(pair.near, EPOLLIN);
  EXPECT_TRUE(reports(poller, pair.near));
  poller.forget(pair.near);
  EXPECT_FALSE(reports(poller, pair.near));
  poller.want(pair.near, EPOLLIN);
  EXPECT_TRUE(reports(poller, pair.near));
}

TEST(Poller, registers_a_renewed_number_again) {
  Poller poller;
  const Pair first, second;
  poller.want(first.near, EPOLLIN);
  EXPECT_TRUE(reports(poller, first.near));
  poller.renew(first.near);
  ASSERT_EQ(dup3(second.near, first.near, O_CLOEXEC), first.near);
  EXPECT_TRUE(reports(poller, first.near)) << "what was wanted of the number still is";
}

TEST(Poller, says_which_descriptor_epoll_refuses_and_tries_it_again) {
  Poller poller;
  std::FILE* file = std::tmpfile();  // regular files do not support epoll: EPERM (epoll_ctl(2))
  ASSERT_NE(file, nullptr);
  poller.want(fileno(file), EPOLLIN);
  for (int attempt = 0; attempt < 2; ++attempt) {
    poller.apply();
    const auto unwatched = poller.take_unwatched();
    ASSERT_TRUE(unwatched);
    EXPECT_EQ(unwatched->fd, fileno(file));
    EXPECT_EQ(unwatched->error, EPERM);
    EXPECT_FALSE(poller.take_unwatched()) << "each once";
  }
  std::fclose(file);
}

std::vector<int> descriptors() {
  std::vector<int> open;
  for (int fd = 0; fd < 256; ++fd)
    if (fcntl(fd, F_GETFD) != -1) open.push_back(fd);
  return open;
}

TEST(Poller, notices_each_descriptor_that_the_program_has_closed_or_replaced) {
  for (const bool replaced : {false, true}) {
    for (std::size_t nth = 0; nth < 2; ++nth) {
      const auto before = descriptors();
      const Poller poller;
      std::vector<int> own;
      std::ranges::set_difference(descriptors(), before, std::back_inserter(own));
      ASSERT_EQ(own.size(), 2U) << "epoll and doorbell";
      EXPECT_TRUE(poller.is_ours());
      EXPECT_TRUE(poller.is_ours()) << "to look changes nothing";
      close(own[nth]);
      const int other = replaced ? epoll_create1(EPOLL_CLOEXEC) : -1;
      EXPECT_FALSE(poller.is_ours());
      EXPECT_EQ(other, replaced ? own[nth] : -1);
    }
  }
}

TEST(Poller, leaves_an_epoll_of_the_program_alone_that_got_its_number) {
  const Pair pair;
  int other = -1;
  {
    const auto before = descriptors();
    const Poller poller;
    std::vector<int> own;
    std::ranges::set_difference(descriptors(), before, std::back_inserter(own));
    for (const int fd : own) close(fd);
    other = epoll_create1(EPOLL_CLOEXEC);
    ASSERT_EQ(other, own.front());
    ASSERT_EQ(dup2(other, own.back()), own.back());
    epoll_event event{};
    event.events = EPOLLIN;
    ASSERT_EQ(epoll_ctl(other, EPOLL_CTL_ADD, pair.near, &event), 0);
    EXPECT_FALSE(poller.is_ours());
    EXPECT_FALSE(poller.ring());
    close(own.back());
  }
  epoll_event event{};
  EXPECT_EQ(epoll_wait(other, &event, 1, 0), 1) << "it is open and knows what it knew";
  close(other);
}

TEST(Poller, says_that_a_wait_found_no_epoll) {
  Poller poller;
  poller.wait(0);
  EXPECT_FALSE(poller.has_failed());
}

TEST(Poller, takes_no_notice_of_a_number_that_was_closed_before_it_is_forgotten) {
  Poller poller;
  const int fd = eventfd(0, EFD_CLOEXEC);
  poller.want(fd, EPOLLIN);
  poller.apply();
  close(fd);
  poller.forget(fd);
  EXPECT_FALSE(poller.take_unwatched());
}

}  // namespace
}  // namespace sesam::transport
