// SPDX-License-Identifier: Apache-2.0
#include "base/quiet_write.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace sesam {
namespace {

bool is_pending(int number) {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, number) == 1;
}

struct QuietWrite : testing::Test {
  QuietWrite() {
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
  }
  ~QuietWrite() override {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void expect_broken_pipe() {
    ::close(ends[0]);
    EXPECT_EQ(write_quietly(ends[1], "x"), -1);
    EXPECT_EQ(errno, EPIPE);
  }
  int ends[2]{};
  sigset_t sigpipe{};
};

TEST_F(QuietWrite, writes) {
  char read = ' ';
  EXPECT_EQ(write_quietly(ends[1], "x"), 1);
  EXPECT_EQ(::read(ends[0], &read, 1), 1);
  EXPECT_EQ(read, 'x');
}

TEST_F(QuietWrite, into_a_pipe_without_a_reader_is_an_error_alone) {
  expect_broken_pipe();
  EXPECT_FALSE(is_pending(SIGPIPE));
}

TEST_F(QuietWrite, leaves_no_signal_pending_where_the_program_blocks_it) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
  expect_broken_pipe();
  EXPECT_FALSE(is_pending(SIGPIPE));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(QuietWrite, leaves_a_signal_that_was_pending_before) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
  raise(SIGPIPE);
  expect_broken_pipe();
  EXPECT_TRUE(is_pending(SIGPIPE));
  const timespec at_once{};
  EXPECT_EQ(sigtimedwait(&sigpipe, nullptr, &at_once), SIGPIPE);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace sesam
