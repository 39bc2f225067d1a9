// SPDX-License-Identifier: Apache-2.0
#include "n200/prompted_pins.h"

namespace sesam::n200 {

Result<Secret> PromptedPins::get(const std::string& key, Clock::time_point deadline, const Prompt& prompt) {
  // The prompt has no time limit; only threads that wait for another thread's prompt have a deadline.
  const auto found = answers_.get(key, {Clock::duration::max(), Clock::time_point::max(), deadline}, prompt);
  if (!found.answer)
    return Error{Reason::timed_out, "asking for a PIN: another thread's prompt has not been answered yet"};
  if (!*found.answer) return found.answer->error();
  return (*found.answer)->clone();
}

}  // namespace sesam::n200
