// SPDX-License-Identifier: Apache-2.0
#include "n200/retry.h"

#include <algorithm>

namespace sesam::n200 {
namespace {

using http::Failure;
using std::chrono::milliseconds;

constexpr int kMisdirectedRequest = 421;  // RFC 9110, section 15.5.20: curl never repeats it
constexpr int kTooManyRequests = 429;     // RFC 6585, section 4
constexpr int kBadGateway = 502;
constexpr int kServiceUnavailable = 503;
constexpr int kGatewayTimeout = 504;
constexpr milliseconds kFirstPause{25};
constexpr milliseconds kLongestPause{1000};

Fault fault_of_status(int status) noexcept {
  switch (status) {
    case kMisdirectedRequest:
      return Fault::line;
    case kTooManyRequests:
    case kServiceUnavailable:
      return Fault::busy;
    case kBadGateway:
    case kGatewayTimeout:
      return Fault::silent;
    default:
      return Fault::none;
  }
}

// These refuse a request before anything is done with it. A 503 mostly does too, but need not.
bool surely_not_done(const Attempt& attempt) noexcept {
  return !attempt.may_have_acted || attempt.status == kMisdirectedRequest ||
         attempt.status == kTooManyRequests;
}

milliseconds pause_before_next(const Attempt& attempt, double jitter) noexcept {
  if (attempt.another_node) return milliseconds(0);
  const unsigned free = attempt.fault == Fault::line ? 1 : 0;  // this one costs no pause
  if (attempt.number <= free) return milliseconds(0);
  const auto doublings = std::min(attempt.number - free - 1, 10U);
  const auto full = std::min(kFirstPause * (1 << doublings), kLongestPause);
  const milliseconds spread(static_cast<long>(static_cast<double>(full.count()) * (0.5 + jitter / 2)));
  return attempt.fault == Fault::busy ? std::max<milliseconds>(spread, attempt.asked_for) : spread;
}

}  // namespace

Fault fault_of(Failure failure, int status) noexcept {
  switch (failure) {
    case Failure::none:
      return fault_of_status(status);
    case Failure::connection_lost:
      return Fault::line;
    case Failure::cannot_resolve:
    case Failure::cannot_connect:
    case Failure::connect_timed_out:
      return Fault::unreachable;
    case Failure::timed_out:
    case Failure::flooded:
      return Fault::silent;
    case Failure::process_limit:
      return Fault::ours;
    default:
      return Fault::none;
  }
}

// libcurl may take a connection for the fault of one stream, and a restarting node breaks it once: twice in a
// row is more.
bool is_of_the_node(Fault fault, unsigned number, bool answers_others) noexcept {
  if (fault == Fault::none || fault == Fault::ours) return false;
  if (fault == Fault::silent && answers_others) return false;
  return fault != Fault::line || number > 1;
}

std::optional<milliseconds> retry_after(const Attempt& attempt, Repetition repetition,
                                        double jitter) noexcept {
  if (attempt.fault == Fault::none) return std::nullopt;
  if (attempt.fault == Fault::unreachable && !attempt.another_node && !attempt.known) return std::nullopt;
  if (repetition == Repetition::harmful && !surely_not_done(attempt)) return std::nullopt;
  const auto pause = pause_before_next(attempt, jitter);
  if (pause >= attempt.time_left) return std::nullopt;
  return pause;
}

}  // namespace sesam::n200
