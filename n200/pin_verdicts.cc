// SPDX-License-Identifier: Apache-2.0
#include "n200/pin_verdicts.h"

namespace sesam::n200 {
namespace {

using namespace std::chrono_literals;
using Answer = SharedVerdicts::Answer;

// A trial may exceed the deadline of its operation by this, because its process may be late.
constexpr auto kLateness = 1s;

}  // namespace

PinVerdict::Permission PinVerdict::ask(std::chrono::steady_clock::time_point deadline) noexcept {
  const State known = known_.load(std::memory_order_acquire);
  if (known == State::refused) return {Leave::refused};
  const std::uint32_t as_of = shared_.refusals();
  if (known == State::proven && as_of_.load(std::memory_order_relaxed) == as_of) return {Leave::granted};
  const auto asked = shared_.ask(tag_, deadline + kLateness);
  switch (asked.answer) {
    case Answer::proven:
      as_of_.store(as_of, std::memory_order_relaxed);
      known_.store(State::proven, std::memory_order_release);
      return {Leave::granted};
    case Answer::refused:
      known_.store(State::refused, std::memory_order_release);
      return {Leave::refused};
    case Answer::try_it:
      return {Leave::to_try, asked.trial};
    case Answer::wait:
      break;
  }
  return {Leave::wait};
}

// In the common case this writes nothing that threads share. A refusal in the meantime remains: the next
// ask() finds it in the table.
void PinVerdict::proven(std::uint64_t trial) noexcept {
  if (trial != 0 || known_.load(std::memory_order_relaxed) == State::unproven) shared_.settle(tag_, true);
}

void PinVerdict::refused() noexcept {
  known_.store(State::refused, std::memory_order_release);
  shared_.settle(tag_, false);
}

PinVerdicts::PinVerdicts(SharedVerdicts& shared, std::span<const std::string> nodes, std::string_view key_id,
                         std::string_view pin) {
  for (const auto& node : nodes) verdicts_.emplace_back(shared, node, key_id, pin);
  if (nodes.empty()) verdicts_.emplace_back(shared, std::string_view(), key_id, pin);
}

bool PinVerdicts::is_proven_by_another(std::size_t node) const noexcept {
  for (std::size_t other = 0; other < verdicts_.size(); ++other)
    if (other != node && verdicts_[other].is_proven()) return true;
  return false;
}

}  // namespace sesam::n200
