// SPDX-License-Identifier: Apache-2.0
// PINs that the user was prompted for: once for a key in a process.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "base/single_flight.h"

namespace sesam::n200 {

/// Process-wide state. A PIN that was given stays, be it right or wrong: a wrong one is known to
/// pin_verdicts.h, and not prompted for again, because whoever answers without looking would lock the key.
class PromptedPins {
 public:
  using Answers = SingleFlight<Secret>;
  using Clock = Answers::Clock;
  using Prompt = Answers::Load;

  PromptedPins() noexcept : answers_(MutexRank::prompted_pins, {}) {}

  /// The PIN of that key: as it was given before, or by `prompt`. Threads that want it at the same time share
  /// one prompt, its failure too; a failure is not kept. Raises what prompt raises, or timed_out when another
  /// thread's prompt is not answered by the deadline.
  Result<Secret> get(const std::string& key, Clock::time_point deadline, const Prompt& prompt);

 private:
  Answers answers_;
};

}  // namespace sesam::n200
