// SPDX-License-Identifier: Apache-2.0
#include "n200/retry.h"

#include <algorithm>

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{25};
constexpr milliseconds kLongestPause{1000};
constexpr std::chrono::seconds kMaxAskedFor{86'400};  // far beyond any deadline, and fits into milliseconds
constexpr unsigned kMaxBrokenConnections = 3;         // to a device that never answered

milliseconds pause_before_next(const Attempt& attempt, double jitter) noexcept {
  if (attempt.another_node) return milliseconds(0);
  const unsigned free = attempt.kind == ReplyKind::line ? 1 : 0;  // number of retries without a pause
  if (attempt.number <= free) return milliseconds(0);
  const auto doublings = std::min(attempt.number - free - 1, 10U);
  const auto full = std::min(kFirstPause * (1 << doublings), kLongestPause);
  const milliseconds spread(static_cast<long>(static_cast<double>(full.count()) * (0.5 + jitter / 2)));
  if (attempt.kind != ReplyKind::busy) return spread;
  return std::max<milliseconds>(spread, std::min(attempt.asked_for, kMaxAskedFor));
}

// Whether a retry is pointless, because the device never answered.
bool is_in_vain(const Attempt& attempt) noexcept {
  if (attempt.another_node || attempt.known) return false;
  return attempt.kind == ReplyKind::unreachable ||
         (attempt.kind == ReplyKind::line && attempt.number >= kMaxBrokenConnections);
}

}  // namespace

std::optional<milliseconds> retry_after(const Attempt& attempt, double jitter) noexcept {
  if (is_in_vain(attempt)) return std::nullopt;
  const auto pause = pause_before_next(attempt, jitter);
  if (pause >= attempt.time_left) return std::nullopt;
  return pause;
}

}  // namespace sesam::n200
