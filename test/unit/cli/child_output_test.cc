// SPDX-License-Identifier: Apache-2.0
#include "cli/child_output.h"

#include <gtest/gtest.h>

namespace sesam::cli {
namespace {

using namespace std::chrono_literals;

TEST(ChildOutput, both_streams_and_the_exit_status_are_returned) {
  const auto output = output_of({"sh", "-c", "echo a; echo b >&2; exit 3"}, 10s);
  EXPECT_EQ(output.status, 3);
  EXPECT_EQ(output.text, "a\nb\n");
}

TEST(ChildOutput, a_program_that_is_not_there_is_named) {
  const auto output = output_of({"/nowhere/rndc"}, 10s);
  EXPECT_EQ(output.status, -1);
  EXPECT_EQ(output.text, "/nowhere/rndc: No such file or directory");
}

TEST(ChildOutput, a_program_that_does_not_end_is_killed) {
  const auto start = std::chrono::steady_clock::now();
  for (const auto* script : {"exec sleep 60", "exec sleep 60 >&- 2>&-"}) {
    const auto output = output_of({"sh", "-c", script}, 100ms);
    EXPECT_EQ(output.status, -1);
    EXPECT_EQ(output.text, "sh did not end in time");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

TEST(ChildOutput, long_output_is_cut_and_says_so) {
  const std::vector<std::string> words{"sh", "-c", "head -c 200000 /dev/zero"};
  const auto output = output_of(words, 10s);
  EXPECT_EQ(output.text.size(), kMaxMessage);
  EXPECT_TRUE(output.is_cut);
  EXPECT_EQ(output_of(words, 10s, 199999).text.size(), 199999u);
  EXPECT_TRUE(output_of(words, 10s, 199999).is_cut);
  EXPECT_EQ(output_of(words, 10s, 200000).text.size(), 200000u);
  EXPECT_FALSE(output_of(words, 10s, 200000).is_cut);
}

}  // namespace
}  // namespace sesam::cli
