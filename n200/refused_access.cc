// SPDX-License-Identifier: Apache-2.0
#include "n200/refused_access.h"

#include <algorithm>

namespace sesam::n200 {

std::size_t RefusedAccess::login(std::string_view url, std::string_view user, const Secret& password) {
  const ProcessLock lock(mutex_);
  const auto known = std::ranges::find_if(logins_, [&](const Login& one) {
    return one.url == url && one.user == user && one.password == password;
  });
  const auto number = static_cast<std::size_t>(known - logins_.begin());
  if (number == logins_.size()) logins_.push_back({std::string(url), std::string(user), password.clone()});
  return number;
}

std::optional<RefusedAccess::Refusal> RefusedAccess::ask(const std::string& name, Clock::time_point until) {
  const auto now = Clock::now();
  const ProcessLock lock(mutex_);
  const auto found = refusals_.find(name);
  if (found == refusals_.end()) return std::nullopt;
  Refusal& refusal = found->second;
  const bool is_being_tried = refusal.until && now < *refusal.until;
  if (now < refusal.next_try || is_being_tried) return refusal;
  refusal.until = until;
  return std::nullopt;
}

// Refusals of requests that were in flight together count as one.
void RefusedAccess::refused(const std::string& name, const Error& error, int status, bool was_authorized) {
  const auto now = Clock::now();
  const ProcessLock lock(mutex_);
  const auto found = refusals_.find(name);
  if (found == refusals_.end()) make_room();
  Refusal& refusal = refusals_[name];
  count_.store(refusals_.size(), std::memory_order_relaxed);
  if (found != refusals_.end() && !refusal.until && now < refusal.next_try) return;
  const auto pause = found == refusals_.end() ? (was_authorized ? kFirstPause : kMaxPause)
                                              : std::min(2 * refusal.pause, kMaxPause);
  refusal = {error, status, now, now + pause, pause, std::nullopt};
}

void RefusedAccess::note_authorized(const std::string& name, Clock::time_point begun) {
  const ProcessLock lock(mutex_);
  const auto found = refusals_.find(name);
  if (found == refusals_.end()) return;
  if (found->second.at >= begun) return found->second.until.reset();
  refusals_.erase(found);
  count_.store(refusals_.size(), std::memory_order_relaxed);
}

void RefusedAccess::unanswered(const std::string& name) {
  const ProcessLock lock(mutex_);
  if (const auto found = refusals_.find(name); found != refusals_.end()) found->second.until.reset();
}

// Matters only if a program asks for thousands of keys that it may not use.
void RefusedAccess::make_room() {
  if (refusals_.size() < kMaxRefusals) return;
  const auto now = Clock::now();
  std::erase_if(refusals_, [&](const auto& entry) { return entry.second.next_try <= now; });
  if (refusals_.size() >= kMaxRefusals) refusals_.erase(refusals_.begin());
}

}  // namespace sesam::n200
