// SPDX-License-Identifier: Apache-2.0
#include "base/single_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace sesam {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Flight = SingleFlight<int>;

// A ProcessMutex must outlive the process, so each test leaks its own.
Flight& new_flight(Flight::Limits limits = {}) { return *new Flight(MutexRank::key_cache, limits); }

int ask(Flight& flight, seconds time_to_live, int answer_of_load) {
  const auto until = Flight::Clock::now() + seconds(10);
  const auto found =
      flight.get("q", {time_to_live, until, until}, [&] { return Result<int>(answer_of_load); });
  return found.answer && *found.answer ? **found.answer : 0;
}

// A thread whose load lasts until the test ends it. Its answer is 1.
class SlowLoad {
 public:
  explicit SlowLoad(Flight& flight)
      : thread_([this, &flight] {
          const auto until = Flight::Clock::now() + seconds(60);
          static_cast<void>(flight.get("q", {seconds(60), until, until}, [this]() -> Result<int> {
            begun_ = true;
            while (!ended_) std::this_thread::sleep_for(milliseconds(1));
            return 1;
          }));
        }) {
    while (!begun_) std::this_thread::sleep_for(milliseconds(1));
  }
  ~SlowLoad() { ended_ = true; }

 private:
  std::atomic<bool> begun_{false}, ended_{false};
  std::jthread thread_;
};

// The answers' sizes are the last that is determined of a load: until then, threads that share it must wait.
TEST(SingleFlight, loads_again_for_a_thread_that_shared_a_load_and_wants_a_newer_answer) {
  auto& flight = new_flight({.bytes_of = [](const int&) noexcept -> std::size_t {
    std::this_thread::sleep_for(milliseconds(200));
    return 1;
  }});
  std::atomic<bool> begun{false};
  std::jthread first([&] {
    const auto until = Flight::Clock::now() + seconds(60);
    static_cast<void>(flight.get("q", {seconds(60), until, until}, [&]() -> Result<int> {
      begun = true;
      std::this_thread::sleep_for(milliseconds(200));
      return 1;
    }));
  });
  while (!begun) std::this_thread::yield();
  EXPECT_EQ(ask(flight, seconds(60), 2), 1);
  EXPECT_EQ(ask(flight, seconds(0), 3), 3);
}

TEST(SingleFlight, neither_shares_nor_keeps_the_answer_of_a_load_that_began_before_it_was_forgotten) {
  const std::function<void(Flight&)> ways[] = {[](Flight& flight) { flight.forget("q"); },
                                               [](Flight& flight) { flight.forget_all(); }};
  for (const auto& forget : ways) {
    auto& flight = new_flight();
    {
      const SlowLoad load(flight);
      forget(flight);
      EXPECT_EQ(ask(flight, seconds(60), 2), 2);
    }
    EXPECT_EQ(ask(flight, seconds(60), 3), 2) << "the newer answer is kept";
    auto& other = new_flight();
    {
      const SlowLoad load(other);
      forget(other);
    }
    EXPECT_EQ(ask(other, seconds(60), 2), 2);
  }
}

TEST(SingleFlight, forgets_all_answers) {
  auto& flight = new_flight({.bytes_of = [](const int&) noexcept { return std::size_t{1}; }});
  const auto until = Flight::Clock::now() + seconds(10);
  int loads = 0;
  const auto ask_for = [&](const std::string& question) {
    static_cast<void>(
        flight.get(question, {seconds(60), until, until}, [&] { return Result<int>(++loads); }));
  };
  for (const auto* question : {"a", "b", "a", "b"}) ask_for(question);
  EXPECT_EQ(loads, 2);
  EXPECT_EQ(flight.bytes(), 2U);
  flight.forget_all();
  EXPECT_EQ(flight.bytes(), 0U);
  for (const auto* question : {"a", "b"}) ask_for(question);
  EXPECT_EQ(loads, 4);
}

}  // namespace
}  // namespace sesam
