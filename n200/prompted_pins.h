// SPDX-License-Identifier: Apache-2.0
// PINs that the user was prompted for, once for each key in a process.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/single_flight.h"

namespace sesam::n200 {

/// Process-wide state. A PIN that was entered is kept, correct or not. A wrong one is known from
/// pin_verdicts.h and not prompted for again, because a user who answers without looking would lock the key.
class PromptedPins {
 public:
  using Answers = SingleFlight<Secret>;
  using Clock = Answers::Clock;
  using Prompt = Answers::Load;

  PromptedPins() noexcept : answers_(MutexRank::prompted_pins, {}) {}

  /// The PIN of that key: as entered before, or by `prompt`. Threads that need it at the same time share one
  /// prompt and its failure; failures are not kept. Raises what prompt raises, or timed_out if another
  /// thread's prompt is not answered by the deadline.
  Result<Secret> get(const std::string& key, Clock::time_point deadline, const Prompt& prompt);

 private:
  Answers answers_;
};

}  // namespace sesam::n200
