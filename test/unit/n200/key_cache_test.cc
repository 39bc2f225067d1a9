// SPDX-License-Identifier: Apache-2.0
#include "n200/key_cache.h"

#include <gtest/gtest.h>
#include <openssl/async.h>

#include <atomic>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = KeyCache::Clock;

// A ProcessMutex must outlive the process, so each test leaks its own.
KeyCache& new_cache() { return *new KeyCache; }
Clock::time_point soon() { return Clock::now() + seconds(20); }

// Counts its calls, and answers with one record that contains the count.
struct Loader {
  std::atomic<int> calls{0};
  Result<KeyRecords> operator()() {
    KeyRecord record;
    record.nice_name = std::to_string(++calls);
    return std::make_shared<const std::vector<KeyRecord>>(1, record);
  }
};

std::string ask(KeyCache& cache, Loader& loader, seconds time_to_live, const std::string& question = "q") {
  const auto answer = cache.get(question, time_to_live, soon(), [&] { return loader(); });
  return answer ? (*answer)->front().nice_name : answer.error().detail;
}

TEST(KeyCache, loads_once_while_an_answer_is_young) {
  auto& cache = new_cache();
  Loader loader;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(cache, loader, seconds(60)), "1");
  EXPECT_EQ(loader.calls, 1);
}

TEST(KeyCache, loads_each_question) {
  auto& cache = new_cache();
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(60), "a"), "1");
  EXPECT_EQ(ask(cache, loader, seconds(60), "b"), "2");
  EXPECT_EQ(ask(cache, loader, seconds(60), "a"), "1");
}

TEST(KeyCache, loads_anew_what_is_too_old) {
  auto& cache = new_cache();
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(1)), "1");
  std::this_thread::sleep_for(milliseconds(1050));
  EXPECT_EQ(ask(cache, loader, seconds(1)), "2");
}

TEST(KeyCache, keeps_nothing_with_no_time_to_live) {
  auto& cache = new_cache();
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(0)), "1");
  EXPECT_EQ(ask(cache, loader, seconds(0)), "2");
}

TEST(KeyCache, forgets_one_answer_and_keeps_the_others) {
  auto& cache = new_cache();
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(60), "a"), "1");
  EXPECT_EQ(ask(cache, loader, seconds(60), "b"), "2");
  cache.forget("a");
  cache.forget("never asked");
  EXPECT_EQ(ask(cache, loader, seconds(60), "a"), "3");
  EXPECT_EQ(ask(cache, loader, seconds(60), "b"), "2");
}

TEST(KeyCache, drops_the_oldest_answers_when_they_weigh_too_much) {
  auto& cache = new_cache();
  const auto heavy = [] {
    KeyRecord record;
    record.nice_name.assign(KeyCache::kMaxBytes / 4, 'x');
    return Result<KeyRecords>(std::make_shared<const std::vector<KeyRecord>>(1, record));
  };
  int loads = 0;
  const auto ask_for = [&](const std::string& question) {
    static_cast<void>(cache.get(question, seconds(60), soon(), [&] { return ++loads, heavy(); }));
  };
  for (const auto* question : {"a", "b", "c", "d", "e"}) ask_for(question);
  EXPECT_LE(cache.bytes(), KeyCache::kMaxBytes);
  for (const auto* question : {"c", "d", "e"}) ask_for(question);
  EXPECT_EQ(loads, 5);
  ask_for("a");
  EXPECT_EQ(loads, 6);
}

TEST(KeyCache, keeps_no_failure) {
  auto& cache = new_cache();
  int calls = 0;
  const auto fail = [&]() -> Result<KeyRecords> {
    ++calls;
    return Error{Reason::unknown_key, "no"};
  };
  for (int i = 0; i < 2; ++i) {
    const auto answer = cache.get("q", seconds(60), soon(), fail);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, Reason::unknown_key);
  }
  EXPECT_EQ(calls, 2);
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(60)), "1");
}

TEST(KeyCache, keeps_nothing_of_a_load_that_throws) {
  auto& cache = new_cache();
  EXPECT_THROW(static_cast<void>(cache.get("q", seconds(60), soon(),
                                           []() -> Result<KeyRecords> { throw std::runtime_error("x"); })),
               std::runtime_error);
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(60)), "1");
}

TEST(KeyCache, keeps_no_answer_without_a_record) {
  auto& cache = new_cache();
  int calls = 0;
  const auto none = [&]() -> Result<KeyRecords> {
    ++calls;
    return std::make_shared<const std::vector<KeyRecord>>();
  };
  for (int i = 0; i < 2; ++i) {
    const auto answer = cache.get("q", seconds(60), soon(), none);
    ASSERT_TRUE(answer);
    EXPECT_TRUE((*answer)->empty());
  }
  EXPECT_EQ(calls, 2);
}

// Threads ask the same question, and the load ends when all of them wait for it. The test cannot observe that
// they wait: if a thread was late and loaded again, the next round allows more time.
template <typename Load, typename IsRight>
void expect_one_load(int thread_count, seconds time_to_live, Load load, IsRight is_right) {
  int loads = 0;
  for (auto pause = milliseconds(50); loads != 1 && pause < seconds(10); pause *= 5) {
    auto& cache = new_cache();
    std::atomic<int> calls{0}, asking{0}, right{0};
    std::atomic<bool> open{false};
    std::vector<std::jthread> threads;
    for (int i = 0; i < thread_count; ++i)
      threads.emplace_back([&] {
        ++asking;
        right += is_right(cache.get("q", time_to_live, soon(), [&] {
          ++calls;
          while (!open) std::this_thread::sleep_for(milliseconds(1));
          return load();
        }));
      });
    while (asking < thread_count) std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(pause);
    open = true;
    threads.clear();
    EXPECT_EQ(right, thread_count);
    loads = calls;
  }
  EXPECT_EQ(loads, 1);
}

// Even with no time to live, a thread that asks during a load shares its answer.
TEST(KeyCache, lets_threads_that_ask_at_the_same_time_share_one_load) {
  const auto load = []() -> Result<KeyRecords> { return std::make_shared<const std::vector<KeyRecord>>(3); };
  const auto is_right = [](const Result<KeyRecords>& answer) { return answer && (*answer)->size() == 3; };
  for (const auto time_to_live : {seconds(60), seconds(0)}) expect_one_load(16, time_to_live, load, is_right);
}

TEST(KeyCache, lets_threads_share_an_answer_without_a_record_too) {
  const auto load = []() -> Result<KeyRecords> { return std::make_shared<const std::vector<KeyRecord>>(); };
  const auto is_right = [](const Result<KeyRecords>& answer) { return answer && (*answer)->empty(); };
  expect_one_load(4, seconds(60), load, is_right);
}

TEST(KeyCache, lets_threads_share_a_failure_too) {
  const auto load = []() -> Result<KeyRecords> { return Error{Reason::unknown_key, "no"}; };
  const auto is_right = [](const Result<KeyRecords>& answer) {
    return !answer && answer.error().reason == Reason::unknown_key;
  };
  expect_one_load(4, seconds(60), load, is_right);
}

TEST(KeyCache, waits_for_another_threads_load_no_longer_than_its_deadline) {
  auto& cache = new_cache();
  std::atomic<bool> loading{false}, open{false};
  std::jthread slow([&] {
    static_cast<void>(cache.get("q", seconds(60), soon(), [&]() -> Result<KeyRecords> {
      loading = true;
      while (!open) std::this_thread::sleep_for(milliseconds(1));
      return std::make_shared<const std::vector<KeyRecord>>();
    }));
  });
  while (!loading) std::this_thread::sleep_for(milliseconds(1));
  Loader loader;
  const auto answer = cache.get("q", seconds(60), Clock::now() + milliseconds(50), [&] { return loader(); });
  open = true;  // before any assertion, because the other thread waits for it
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reason, Reason::timed_out);
  EXPECT_EQ(loader.calls, 0);
}

TEST(KeyCache, asks_again_where_a_shared_load_ended_at_another_threads_deadline) {
  auto& cache = new_cache();
  std::atomic<bool> begun{false};
  std::thread first([&] {
    static_cast<void>(
        cache.get("q", seconds(60), Clock::now() + milliseconds(100), [&]() -> Result<KeyRecords> {
          begun = true;
          std::this_thread::sleep_for(milliseconds(100));
          return Error{Reason::timed_out, "the first's"};
        }));
  });
  while (!begun) std::this_thread::yield();
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(60)), "1");
  first.join();
}

TEST(KeyCache, asks_again_where_a_shared_load_ended_in_an_exception) {
  auto& cache = new_cache();
  std::atomic<bool> begun{false};
  std::thread first([&] {
    EXPECT_THROW(static_cast<void>(cache.get("q", seconds(60), soon(),
                                             [&]() -> Result<KeyRecords> {
                                               begun = true;
                                               std::this_thread::sleep_for(milliseconds(50));
                                               throw std::bad_alloc();
                                             })),
                 std::bad_alloc);
  });
  while (!begun) std::this_thread::yield();
  Loader loader;
  EXPECT_EQ(ask(cache, loader, seconds(60)), "1");
  first.join();
}

TEST(KeyCache, waits_for_no_load_inside_an_async_job) {
  auto& cache = new_cache();
  static KeyCache* shared = &cache;
  static Loader loader;
  // The first job pauses during its load, and would never be resumed if the second waited for it.
  const auto job = [](void*) -> int {
    return static_cast<bool>(shared->get("q", seconds(60), soon(), [] {
      ASYNC_pause_job();
      return loader();
    }));
  };
  ASYNC_JOB* jobs[2] = {};
  ASYNC_WAIT_CTX* contexts[2] = {ASYNC_WAIT_CTX_new(), ASYNC_WAIT_CTX_new()};
  int outcome = 0;
  const auto begun = Clock::now();
  for (int i = 0; i < 2; ++i)
    ASSERT_EQ(ASYNC_start_job(&jobs[i], contexts[i], &outcome, job, nullptr, 0), ASYNC_PAUSE);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ASYNC_start_job(&jobs[i], contexts[i], &outcome, job, nullptr, 0), ASYNC_FINISH);
    EXPECT_EQ(outcome, 1);
    ASYNC_WAIT_CTX_free(contexts[i]);
  }
  EXPECT_LT(Clock::now() - begun, seconds(10));
}

TEST(KeyCache, forgets_the_oldest_answer_when_it_is_full) {
  auto& cache = new_cache();
  Loader loader;
  for (std::size_t i = 0; i <= KeyCache::kMaxEntries; ++i) ask(cache, loader, seconds(60), std::to_string(i));
  const int loaded = loader.calls;
  ask(cache, loader, seconds(60), "1");  // still cached
  EXPECT_EQ(loader.calls, loaded);
  ask(cache, loader, seconds(60), "0");  // the oldest entry is not
  EXPECT_EQ(loader.calls, loaded + 1);
}

TEST(KeyCache, counts_the_age_of_an_answer_from_when_it_was_loaded_last) {
  auto& cache = new_cache();
  Loader loader;
  for (std::size_t i = 0; i < KeyCache::kMaxEntries; ++i) ask(cache, loader, seconds(60), std::to_string(i));
  cache.forget("0");
  ask(cache, loader, seconds(60), "0");
  ask(cache, loader, seconds(60), "one too many");
  const int loaded = loader.calls;
  ask(cache, loader, seconds(60), "0");
  EXPECT_EQ(loader.calls, loaded) << "it is young again";
  ask(cache, loader, seconds(60), "1");
  EXPECT_EQ(loader.calls, loaded + 1);
}

TEST(KeyCache, does_not_cost_more_once_it_is_full) {
  auto& cache = new_cache();
  Loader loader;
  const auto begun = Clock::now();
  for (int i = 0; i < 100'000; ++i) ask(cache, loader, seconds(60), std::to_string(i));
  EXPECT_LT(Clock::now() - begun, seconds(20));
}

}  // namespace
}  // namespace sesam::n200
