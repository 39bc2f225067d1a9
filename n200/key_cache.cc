// SPDX-License-Identifier: Apache-2.0
#include "n200/key_cache.h"

#include <openssl/async.h>

#include <mutex>
#include <numeric>
#include <utility>

#include "metrics/counts.h"

namespace sesam::n200 {
namespace {

using Clock = KeyCache::Clock;

// The longest pause between two tries: who has less time left does not try again.
constexpr std::chrono::seconds kLastMoments{1};

// Whether a failure came of the deadline of who loaded, while there is more time here.
bool was_cut_short(const Result<KeyRecords>& answer, Clock::time_point its_deadline, Clock::time_point ours) {
  const auto now = Clock::now();
  return !answer && now + kLastMoments >= its_deadline && its_deadline < ours && now < ours;
}

// Null where the load ended in an exception.
template <class Answer>
Answer value_of(const std::shared_future<Answer>& future) {
  try {
    return future.get();
  } catch (const std::future_error&) {
    return nullptr;
  }
}

std::size_t bytes_of(const std::vector<KeyRecord>& records) {
  return std::accumulate(records.begin(), records.end(), std::size_t{0},
                         [](std::size_t sum, const KeyRecord& record) { return sum + record.bytes(); });
}

}  // namespace

// A load that a thread of the parent process began will never end in this one, and that of an ASYNC_JOB which
// nobody resumes in none.
bool KeyCache::usable(const Entry& entry, std::chrono::seconds time_to_live) const {
  if (entry.loading)
    return entry.fork_generation == fork_generation() && Clock::now() < entry.deadline + kLastMoments;
  return Clock::now() - entry.asked_at < time_to_live;
}

void KeyCache::make_room() {
  if (entries_.size() >= kMostEntries) erase(entries_.find(by_age_.front()));
}

void KeyCache::erase(Entries::iterator entry) {
  bytes_ -= entry->second.bytes;
  by_age_.erase(entry->second.age);
  entries_.erase(entry);
}

std::size_t KeyCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void KeyCache::finish(const std::string& question, Clock::time_point asked_at,
                      std::optional<std::size_t> bytes_to_keep) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(question);
  if (entry == entries_.end() || entry->second.asked_at != asked_at) return;  // another's by now
  if (!bytes_to_keep) return erase(entry);
  entry->second.loading = false;
  entry->second.bytes = *bytes_to_keep;
  bytes_ += *bytes_to_keep;
  while (bytes_ > kMaxBytes && by_age_.front() != question) erase(entries_.find(by_age_.front()));
}

// One that is still on its way is newer than what the caller knows.
void KeyCache::forget(const std::string& question) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(question);
  if (entry != entries_.end() && !entry->second.loading) erase(entry);
}

KeyCache::Claim KeyCache::claim(const std::string& question, std::chrono::seconds time_to_live,
                                Clock::time_point deadline, std::promise<Answer>& promise) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(question);
  const auto now = Clock::now();
  if (entry != entries_.end() && usable(entry->second, time_to_live))
    return {entry->second.answer, entry->second.deadline, entry->second.asked_at};
  if (entry != entries_.end()) erase(entry);
  make_room();
  ByAge youngest(1);  // made before the entry: nothing may throw between them
  const auto made = entries_.emplace(question, Entry{promise.get_future().share(), now, deadline,
                                                     fork_generation(), true, youngest.begin()});
  youngest.front() = made.first->first;
  by_age_.splice(by_age_.end(), youngest);
  return {{}, deadline, now};
}

Result<KeyRecords> KeyCache::load_for_all(const std::string& question, Clock::time_point asked_at,
                                          std::promise<Answer>& promise, const Load& load) {
  Answer loaded;
  try {
    loaded = std::make_shared<const Result<KeyRecords>>(load());
  } catch (...) {
    finish(question, asked_at, std::nullopt);
    throw;  // out of memory: those who wait see a broken promise and load for themselves
  }
  promise.set_value(loaded);
  finish(question, asked_at, *loaded ? std::optional(bytes_of(***loaded)) : std::nullopt);
  return *loaded;
}

Result<KeyRecords> KeyCache::get(const std::string& question, std::chrono::seconds time_to_live,
                                 Clock::time_point deadline, const Load& load) {
  for (;;) {
    std::promise<Answer> promise;
    const Claim claimed = claim(question, time_to_live, deadline, promise);
    (claimed.answer.valid() ? metrics::counts().key_cache_hits : metrics::counts().key_cache_misses).add();
    if (!claimed.answer.valid()) return load_for_all(question, claimed.asked_at, promise, load);
    const bool in_job = ASYNC_get_current_job() != nullptr;
    if (claimed.answer.wait_until(in_job ? Clock::now() : deadline) != std::future_status::ready)
      return in_job
                 ? load()
                 : Error{Reason::timed_out, "looking up a key: another thread's request is not answered yet"};
    const Answer answer = value_of(claimed.answer);
    if (answer && !was_cut_short(*answer, claimed.deadline, deadline)) return *answer;
  }
}

}  // namespace sesam::n200
