// SPDX-License-Identifier: Apache-2.0
#include "base/secret_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace sesam {
namespace {

using testing::HasSubstr;

// The kernel's flags of the mapping that holds the address (proc(5), smaps): "rd wr ... dd".
std::string flags_of(const void* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  bool here = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uintptr_t low = 0, high = 0;
    if (sscanf(line.c_str(), "%lx-%lx ", &low, &high) == 2) here = low <= at && at < high;
    if (here && line.starts_with("VmFlags:")) return line + " ";
  }
  return "not mapped";
}

TEST(SecretMemory, is_left_out_of_core_dumps_whatever_its_size) {
  for (const std::size_t bytes : {1, 64, 65, 500, 4096, 4097, 1 << 20}) {
    const auto memory = take_secret_memory(bytes);
    ASSERT_GE(memory.size(), bytes);
    EXPECT_THAT(flags_of(memory.data()), HasSubstr(" dd ")) << bytes;
    give_back_secret_memory(memory);
  }
}

TEST(SecretMemory, of_many_lies_apart) {
  std::vector<std::span<char>> taken;
  for (int i = 0; i < 1000; ++i) taken.push_back(take_secret_memory(i % 2 == 0 ? 40 : 400));
  for (const auto& memory : taken) std::fill(memory.begin(), memory.end(), '\x55');
  std::sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.data() < b.data(); });
  for (std::size_t i = 1; i < taken.size(); ++i)
    EXPECT_LE(taken[i - 1].data() + taken[i - 1].size(), taken[i].data());
  for (const auto& memory : taken) give_back_secret_memory(memory);
}

TEST(SecretMemory, is_wiped_and_given_again) {
  const auto first = take_secret_memory(40);
  std::fill(first.begin(), first.end(), 'x');
  give_back_secret_memory(first);
  const auto second = take_secret_memory(40);
  EXPECT_EQ(second.data(), first.data());
  EXPECT_TRUE(std::all_of(second.begin(), second.end(), [](char c) { return c == 0; }));
  give_back_secret_memory(second);
}

TEST(SecretMemory, never_goes_to_two_threads_at_once) {
  const auto take_and_give = [] {
    for (int i = 0; i < 20000; ++i) {
      const auto memory = take_secret_memory(40);
      ASSERT_EQ(memory[0], 0);
      std::fill(memory.begin(), memory.end(), 'x');
      ASSERT_EQ(std::count(memory.begin(), memory.end(), 'x'), static_cast<std::ptrdiff_t>(memory.size()));
      give_back_secret_memory(memory);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(take_and_give);
  for (auto& thread : threads) thread.join();
}

TEST(SecretMemory, serves_when_its_pools_are_used_up) {
  std::vector<std::span<char>> taken;
  std::set<char*> distinct;
  for (int i = 0; i < 64 * 64 + 64; ++i) {
    taken.push_back(take_secret_memory(10));
    distinct.insert(taken.back().data());
  }
  EXPECT_EQ(distinct.size(), taken.size());
  for (const auto& memory : taken) give_back_secret_memory(memory);
}

}  // namespace
}  // namespace sesam
