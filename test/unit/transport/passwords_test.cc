// SPDX-License-Identifier: Apache-2.0
#include "transport/passwords.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace sesam::transport {
namespace {

// Like two devices that share a pipeline, each of which reads its own password file.
TEST(Passwords, replaced_by_several_threads_are_all_known_and_numbered) {
  constexpr unsigned kThreads = 4, kEach = 500;
  Passwords passwords(Secret("first"));
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t)
    threads.emplace_back([&passwords, t] {
      for (unsigned i = 0; i < kEach; ++i)
        passwords.replace(Secret(std::to_string(t) + "-" + std::to_string(i)));
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(passwords.newest().number, kThreads * kEach);
  unsigned number = kThreads * kEach;
  std::set<std::string> known;
  for (const auto* one = &passwords.newest(); one != nullptr; one = one->previous.get()) {
    EXPECT_EQ(one->number, number--);
    known.emplace(one->secret.reveal());
  }
  EXPECT_EQ(known.size(), kThreads * kEach + 1);
}

}  // namespace
}  // namespace sesam::transport
