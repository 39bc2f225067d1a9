// SPDX-License-Identifier: Apache-2.0
#include "cli/needed_libraries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace sesam::cli {
namespace {

TEST(NeededLibraries, of_this_program_are_those_it_was_linked_with) {
  const auto names = needed_libraries("/proc/self/exe");
  EXPECT_THAT(names, testing::Contains(testing::StartsWith("libstdc++.so.")));
  EXPECT_THAT(needed_libcrypto("/proc/self/exe"), testing::StartsWith("libcrypto.so."));
}

TEST(NeededLibraries, of_a_file_that_is_not_elf_are_none) {
  EXPECT_TRUE(needed_libraries("/nonexistent").empty());
  EXPECT_TRUE(needed_libraries("/dev/null").empty());
  EXPECT_EQ(needed_libcrypto("/etc/passwd"), "");
}

TEST(NeededLibraries, of_a_truncated_file_are_none_or_some) {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  std::string head(4096, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  const std::string path = testing::TempDir() + std::to_string(::getpid()) + "cut-elf";
  for (const std::size_t length :
       {std::size_t{4}, std::size_t{17}, std::size_t{63}, std::size_t{64}, head.size()}) {
    std::ofstream(path, std::ios::binary) << head.substr(0, length);
    EXPECT_TRUE(needed_libraries(path).empty()) << length;
  }
}

}  // namespace
}  // namespace sesam::cli
