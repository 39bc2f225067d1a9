// SPDX-License-Identifier: Apache-2.0
#include "n200/process_identity.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sesam::n200 {
namespace {

TEST(ProcessIdentity, of_this_process_has_not_ended) {
  const auto self = this_process();
  EXPECT_EQ(self.pid, ::getpid());
  EXPECT_NE(self.started, 0U);
  EXPECT_FALSE(has_ended(self));
}

TEST(ProcessIdentity, of_a_zombie_and_of_a_process_that_is_gone_has_ended) {
  const auto own = this_process();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(has_ended({child, 1, own.pid_namespace}));
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(has_ended({child, 1, own.pid_namespace}));
  EXPECT_TRUE(has_ended({child, 0, own.pid_namespace}));
}

TEST(ProcessIdentity, tells_a_later_process_of_the_same_id_from_the_one_that_was_named) {
  auto other = this_process();
  ++other.started;
  EXPECT_TRUE(has_ended(other));
  other.started = 0;
  EXPECT_FALSE(has_ended(other));
}

TEST(ProcessIdentity, of_another_pid_namespace_counts_as_living) {
  auto other = this_process();
  other.pid = 1 << 22;
  ++other.pid_namespace;
  EXPECT_FALSE(has_ended(other));
}

}  // namespace
}  // namespace sesam::n200
