// SPDX-License-Identifier: Apache-2.0
#include "n200/key_cache.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/counts.h"

namespace sesam::n200 {

// A load that a thread of the parent process began will never end in this one.
bool KeyCache::usable(const Entry& entry, std::chrono::seconds time_to_live) const {
  if (entry.loading) return entry.fork_generation == fork_generation();
  return Clock::now() - entry.asked_at < time_to_live;
}

void KeyCache::make_room() {
  if (entries_.size() < kMostEntries) return;
  const auto older = [](const auto& a, const auto& b) { return a.second.asked_at < b.second.asked_at; };
  entries_.erase(std::min_element(entries_.begin(), entries_.end(), older));
}

void KeyCache::finish(const std::string& question, bool keep) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(question);
  if (entry == entries_.end()) return;
  if (keep)
    entry->second.loading = false;
  else
    entries_.erase(entry);
}

// One that is still on its way is newer than what the caller knows.
void KeyCache::forget(const std::string& question) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(question);
  if (entry != entries_.end() && !entry->second.loading) entries_.erase(entry);
}

Result<KeyRecords> KeyCache::get(const std::string& question, std::chrono::seconds time_to_live,
                                 Clock::time_point deadline, const Load& load) {
  std::promise<Answer> promise;
  std::shared_future<Answer> answer;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(question);
    if (entry != entries_.end() && usable(entry->second, time_to_live)) {
      answer = entry->second.answer;
    } else {
      if (entry != entries_.end()) entries_.erase(entry);
      make_room();
      entries_[question] = {promise.get_future().share(), Clock::now(), fork_generation(), true};
    }
  }
  (answer.valid() ? counts().key_cache_hits : counts().key_cache_misses).add();
  if (answer.valid()) {
    if (answer.wait_until(deadline) != std::future_status::ready)
      return Error{Reason::timed_out, "looking up a key: another thread's request is not answered yet"};
    return *answer.get();
  }
  Answer loaded;
  try {
    loaded = std::make_shared<const Result<KeyRecords>>(load());
  } catch (...) {
    finish(question, false);
    throw;  // out of memory: those who wait see a broken promise, which is an internal error
  }
  promise.set_value(loaded);
  finish(question, static_cast<bool>(*loaded));
  return *loaded;
}

}  // namespace sesam::n200
