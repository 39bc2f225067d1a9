// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

#include <algorithm>
#include <thread>

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Answer = SharedVerdicts::Answer;

// Between two looks at the verdict that another caller waits for. A process cannot wake the jobs of another
// one.
constexpr auto kFirstPause = 1ms;
constexpr auto kMaxPause = 16ms;

// Its operation has a deadline of its own; its process may be late.
constexpr auto kLateness = 1s;

}  // namespace

SharedVerdicts::Asked PinVerdict::look(std::chrono::steady_clock::time_point deadline) noexcept {
  const std::uint32_t as_of = shared_.refusals();
  const auto asked = shared_.ask(tag_, deadline + kLateness);
  if (asked.answer == Answer::refused) known_.store(State::refused, std::memory_order_release);
  if (asked.answer == Answer::proven) {
    as_of_.store(as_of, std::memory_order_relaxed);
    known_.store(State::proven, std::memory_order_release);
  }
  return asked;
}

PinVerdict::Permission PinVerdict::ask(std::chrono::steady_clock::time_point deadline,
                                       transport::Pipeline& pipeline) noexcept {
  const State known = known_.load(std::memory_order_acquire);
  if (known == State::refused) return {Leave::refused};
  if (known == State::proven && as_of_.load(std::memory_order_relaxed) == shared_.refusals())
    return {Leave::granted};
  for (std::chrono::milliseconds pause = kFirstPause;;
       pause = std::min<std::chrono::milliseconds>(2 * pause, kMaxPause)) {
    const auto asked = look(deadline);
    switch (asked.answer) {
      case Answer::proven:
        return {Leave::granted};
      case Answer::refused:
        return {Leave::refused};
      case Answer::try_it:
        return {Leave::to_try, asked.trial};
      case Answer::wait:
        break;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return {Leave::timed_out};
    pipeline.rest_until(std::min(now + pause, deadline));
  }
}

// The usual case writes nothing that threads share. What has been refused meanwhile stays so: the next look
// finds it in the table.
void PinVerdict::proven(std::uint64_t trial) noexcept {
  if (trial != 0 || known_.load(std::memory_order_relaxed) == State::unproven) shared_.settle(tag_, true);
}

void PinVerdict::refused() noexcept {
  known_.store(State::refused, std::memory_order_release);
  shared_.settle(tag_, false);
}

}  // namespace sesam::n200
