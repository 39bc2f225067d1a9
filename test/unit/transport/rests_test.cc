// SPDX-License-Identifier: Apache-2.0
#include "transport/rests.h"

#include <gtest/gtest.h>

#include <set>

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

std::set<const Call*> listed(Call* calls) {
  std::set<const Call*> all;
  for (; calls != nullptr; calls = calls->next) all.insert(calls);
  return all;
}

TEST(Rests, end_at_their_time_and_not_before) {
  const auto now = Clock::now();
  Call soon, later, last;
  soon.deadline = now + 1s;
  later.deadline = now + 2s;
  last.deadline = now + 3s;
  Rests rests;
  EXPECT_EQ(rests.next_event(), Clock::time_point::max());
  for (Call* call : {&later, &soon, &last}) rests.add(*call);
  EXPECT_EQ(rests.next_event(), soon.deadline);
  EXPECT_EQ(rests.take_due(now), nullptr);
  EXPECT_EQ(listed(rests.take_due(now + 2s)), (std::set<const Call*>{&soon, &later}));
  EXPECT_EQ(rests.next_event(), last.deadline);
  EXPECT_EQ(listed(rests.take_all()), (std::set<const Call*>{&last}));
  EXPECT_EQ(rests.next_event(), Clock::time_point::max());
}

}  // namespace
}  // namespace sesam::transport
