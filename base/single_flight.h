// SPDX-License-Identifier: Apache-2.0
// A cache in which threads that ask the same question at the same time share a single load.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/process_state.h"
#include "base/result.h"

namespace sesam {

template <class T>
class SingleFlight {
 public:
  using Clock = std::chrono::steady_clock;
  using Answer = std::shared_ptr<const Result<T>>;
  using Load = std::function<Result<T>()>;

  /// Evicts the oldest answers first, but keeps a new answer even if it alone exceeds `bytes`. An answer that
  /// is not worth keeping is only for the threads that wait for it.
  struct Limits {
    std::size_t entries = std::numeric_limits<std::size_t>::max();
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
    std::size_t (*bytes_of)(const T&) = [](const T&) noexcept { return std::size_t{0}; };
    bool (*is_worth_keeping)(const T&) = [](const T&) noexcept { return true; };
  };
  SingleFlight(MutexRank rank, Limits limits) noexcept : mutex_(rank), limits_(limits) {}

  struct Patience {
    Clock::duration time_to_live;  ///< the maximum age of a cached answer
    Clock::time_point deadline;    ///< of this thread's load, if it has to load; max(): none
    Clock::time_point wait_until;  ///< the deadline for waiting for another thread's load
  };
  struct Found {
    Answer answer;     ///< null: another thread's load did not finish in time
    bool was_there{};  ///< cached, or already being loaded by another thread
  };
  /// Returns the answer to `question`, from the cache or from `load`. Threads that wait share a
  /// failure of the load, but it is not cached; a failure caused by another thread's earlier
  /// deadline is ignored. Throws what `load` throws; the waiting threads then load for themselves.
  Found get(const std::string& question, const Patience& patience, const Load& load) {
    for (;;) {
      std::promise<Answer> promise;
      const Claim claimed = claim(question, patience, promise);
      if (!claimed.answer.valid()) return {load_for_all(question, claimed.load, promise, load), false};
      if (claimed.answer.wait_until(patience.wait_until) != std::future_status::ready) return {nullptr, true};
      Answer answer = value_of(claimed.answer);
      if (answer && !was_cut_short(*answer, claimed.deadline, patience.deadline))
        return {std::move(answer), true};
    }
  }

  /// Discards the answer to `question`. If it is being loaded, only the threads that already wait for it get
  /// it: it may be older than what the caller knows.
  void forget(const std::string& question) {
    const ProcessLock lock(mutex_);
    const auto entry = entries_.find(question);
    if (entry != entries_.end()) erase(entry);
  }

  /// The same for all answers.
  void forget_all() {
    const ProcessLock lock(mutex_);
    while (!entries_.empty()) erase(entries_.begin());
  }

  /// The size of all cached answers in bytes. For tests.
  std::size_t bytes() const {
    const ProcessLock lock(mutex_);
    return bytes_;
  }

 private:
  // The longest pause between two attempts of a load: with less time left, there is no further attempt.
  static constexpr std::chrono::seconds kLastMoments{1};

  using ByAge = std::list<std::string_view>;  // the questions, oldest first
  struct Entry {
    std::shared_future<Answer> answer;
    Clock::time_point asked_at;
    Clock::time_point deadline;  // of the load
    std::uint64_t load;          // its number
    unsigned generation;         // fork_generation()
    bool loading;
    typename ByAge::iterator age;
    std::size_t bytes = 0;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  // A cached or pending answer; if `answer` is not valid, the caller must load it, also for other threads.
  struct Claim {
    std::shared_future<Answer> answer;
    Clock::time_point deadline;
    std::uint64_t load;
  };

  static bool was_cut_short(const Result<T>& answer, Clock::time_point its, Clock::time_point ours) {
    const auto now = Clock::now();
    return !answer && its < ours && now + kLastMoments >= its && now < ours;
  }

  // Null if the load threw an exception.
  static Answer value_of(const std::shared_future<Answer>& future) {
    try {
      return future.get();
    } catch (const std::future_error&) {
      return nullptr;
    }
  }

  // A load that a thread of the parent process began never finishes in this process,
  // and a load in an ASYNC_JOB that is never resumed never finishes at all.
  static bool is_usable(const Entry& entry, Clock::time_point now, Clock::duration time_to_live) {
    if (!entry.loading) return now - entry.asked_at < time_to_live;
    const bool may_end = entry.deadline == Clock::time_point::max() || now < entry.deadline + kLastMoments;
    return entry.generation == fork_generation() && may_end;
  }

  Claim claim(const std::string& question, const Patience& patience, std::promise<Answer>& promise) {
    const ProcessLock lock(mutex_);
    const auto entry = entries_.find(question);
    const auto now = Clock::now();
    if (entry != entries_.end() && is_usable(entry->second, now, patience.time_to_live))
      return {entry->second.answer, entry->second.deadline, entry->second.load};
    if (entry != entries_.end()) erase(entry);
    if (entries_.size() >= limits_.entries) erase(entries_.find(by_age_.front()));
    ByAge youngest(1);  // allocated before the entry: nothing may throw after that
    const auto made = entries_.emplace(question, Entry{promise.get_future().share(), now, patience.deadline,
                                                       ++loads_, fork_generation(), true, youngest.begin()});
    youngest.front() = made.first->first;
    by_age_.splice(by_age_.end(), youngest);
    return {{}, patience.deadline, loads_};
  }

  Answer load_for_all(const std::string& question, std::uint64_t number, std::promise<Answer>& promise,
                      const Load& load) {
    Answer loaded;
    try {
      loaded = std::make_shared<const Result<T>>(load());
    } catch (...) {
      const ProcessLock lock(mutex_);
      finish(question, number, std::nullopt);
      throw;
    }
    std::optional<std::size_t> bytes_to_keep;
    if (*loaded && limits_.is_worth_keeping(**loaded)) bytes_to_keep = limits_.bytes_of(**loaded);
    // A waiting thread must not find this load again when it asks for a newer answer, and a child process
    // must not find a finished load without an answer.
    const ProcessLock lock(mutex_);
    finish(question, number, bytes_to_keep);
    promise.set_value(loaded);
    return loaded;
  }

  void finish(const std::string& question, std::uint64_t number, std::optional<std::size_t> bytes_to_keep)
      SESAM_REQUIRES(mutex_) {
    const auto entry = entries_.find(question);
    if (entry == entries_.end() || entry->second.load != number) return;  // forgotten or replaced meanwhile
    if (!bytes_to_keep) return erase(entry);
    entry->second.loading = false;
    entry->second.bytes = *bytes_to_keep;
    bytes_ += *bytes_to_keep;
    while (bytes_ > limits_.bytes && by_age_.front() != question) erase(entries_.find(by_age_.front()));
  }

  void erase(typename Entries::iterator entry) SESAM_REQUIRES(mutex_) {
    bytes_ -= entry->second.bytes;
    by_age_.erase(entry->second.age);
    entries_.erase(entry);
  }

  mutable ProcessMutex mutex_;
  const Limits limits_;
  Entries entries_ SESAM_GUARDED_BY(mutex_);
  ByAge by_age_ SESAM_GUARDED_BY(mutex_);  // the keys of entries_, by asked_at
  std::size_t bytes_ SESAM_GUARDED_BY(mutex_) = 0;
  std::uint64_t loads_ SESAM_GUARDED_BY(mutex_) = 0;
};

}  // namespace sesam
