// SPDX-License-Identifier: Apache-2.0
#include "n200/retry.h"

#include <algorithm>

namespace sesam::n200 {
namespace {

using std::chrono::milliseconds;

constexpr int kMisdirectedRequest = 421;  // RFC 9110, section 15.5.20: curl never repeats it
constexpr milliseconds kFirstPause{25};
constexpr milliseconds kLongestPause{1000};

bool may_pass(const Attempt& attempt) noexcept {
  return attempt.failure == http::Failure::connection_lost ||
         (attempt.failure == http::Failure::none && attempt.status == kMisdirectedRequest);
}

// A misdirected request is refused before anything is done with it.
bool surely_not_done(const Attempt& attempt) noexcept {
  return !attempt.may_have_acted || attempt.status == kMisdirectedRequest;
}

}  // namespace

std::optional<milliseconds> retry_after(const Attempt& attempt, Repetition repetition, double jitter) noexcept {
  if (!may_pass(attempt)) return std::nullopt;
  if (repetition == Repetition::harmful && !surely_not_done(attempt)) return std::nullopt;
  milliseconds pause{0};
  if (attempt.number > 1) {
    const auto doublings = std::min(attempt.number - 2, 10U);
    const auto full = std::min(kFirstPause * (1 << doublings), kLongestPause);
    pause = milliseconds(static_cast<long>(static_cast<double>(full.count()) * (0.5 + jitter / 2)));
  }
  if (pause >= attempt.time_left) return std::nullopt;
  return pause;
}

}  // namespace sesam::n200
