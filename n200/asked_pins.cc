// SPDX-License-Identifier: Apache-2.0
#include "n200/asked_pins.h"

#include <mutex>

namespace sesam::n200 {

void AskedPins::finish(const std::string& key, bool keep) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  if (keep)
    entry->second.asking = false;
  else
    entries_.erase(entry);
}

Result<Secret> AskedPins::get(const std::string& key, Clock::time_point deadline, const Ask& ask) {
  std::promise<Answer> promise;
  std::shared_future<Answer> answer;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(key);
    // A question that a thread of the parent process asked will never be answered in this one.
    const bool usable = entry != entries_.end() &&
                        (!entry->second.asking || entry->second.fork_generation == fork_generation());
    if (usable)
      answer = entry->second.answer;
    else
      entries_[key] = {promise.get_future().share(), fork_generation(), true};
  }
  if (answer.valid()) {
    if (answer.wait_until(deadline) != std::future_status::ready)
      return Error{Reason::timed_out, "asking for a PIN: another thread's question is not answered yet"};
    const auto& given = *answer.get();
    if (!given) return given.error();
    return given->clone();
  }
  Answer given;
  try {
    given = std::make_shared<const Result<Secret>>(ask());
  } catch (...) {
    finish(key, false);
    throw;
  }
  promise.set_value(given);
  finish(key, static_cast<bool>(*given));
  if (!*given) return given->error();
  return (*given)->clone();
}

}  // namespace sesam::n200
