// SPDX-License-Identifier: Apache-2.0
// What the device said of its keys lately: bounded, with a time to live, one request at a time for one
// question.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/process_state.h"
#include "base/result.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// Process-wide state, shared by all devices; the questions carry the device's identity.
class KeyCache {
 public:
  using Clock = std::chrono::steady_clock;
  using Load = std::function<Result<KeyRecords>()>;

  /// The answer to `question`: from the cache while it is younger than `time_to_live`, else by `load`.
  /// Threads that ask the same at the same time share one load, its failure too, unless that came of a
  /// deadline that is not theirs; a failure is not kept. Inside an ASYNC_JOB no load is waited for, as it may
  /// be that of a paused job of the same thread. Raises what load raises, or timed_out when another thread's
  /// load is not done by the deadline.
  Result<KeyRecords> get(const std::string& question, std::chrono::seconds time_to_live,
                         Clock::time_point deadline, const Load& load);

  /// The answer to `question` no longer serves.
  void forget(const std::string& question);

  static constexpr std::size_t kMostEntries = 4096;
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;  ///< of all answers but the youngest
  /// The memory of the answers it has. For tests.
  std::size_t bytes() const;

 private:
  using Answer = std::shared_ptr<const Result<KeyRecords>>;
  using ByAge = std::list<std::string_view>;  // questions, the oldest first
  struct Entry {
    std::shared_future<Answer> answer;
    Clock::time_point asked_at;
    Clock::time_point deadline;  // of who loads
    unsigned fork_generation;
    bool loading;
    ByAge::iterator age;
    std::size_t bytes = 0;  // of the answer, about
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  /// An answer that is there or will be; without one it is the caller's to load, for others too.
  struct Claim {
    std::shared_future<Answer> answer;
    Clock::time_point deadline;
    Clock::time_point asked_at;
  };

  Claim claim(const std::string& question, std::chrono::seconds time_to_live, Clock::time_point deadline,
              std::promise<Answer>& promise);
  Result<KeyRecords> load_for_all(const std::string& question, Clock::time_point asked_at,
                                  std::promise<Answer>& promise, const Load& load);
  bool usable(const Entry& entry, std::chrono::seconds time_to_live) const;
  void make_room();
  void erase(Entries::iterator entry);
  void finish(const std::string& question, Clock::time_point asked_at,
              std::optional<std::size_t> bytes_to_keep);

  mutable ProcessMutex mutex_{MutexRank::key_cache};
  Entries entries_;
  ByAge by_age_;  // of entries_, in the order of asked_at
  std::size_t bytes_ = 0;
};

}  // namespace sesam::n200
