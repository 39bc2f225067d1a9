// SPDX-License-Identifier: Apache-2.0
// PINs that somebody was asked for: once for a key in a process.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>

#include "base/process_state.h"
#include "base/result.h"
#include "base/secret.h"

namespace sesam::n200 {

/// Process-wide state. A PIN that was given stays, be it right or wrong: a wrong one is known to
/// pin_verdicts.h, and not asked for anew, because whoever answers without looking would lock the key.
class AskedPins {
 public:
  using Clock = std::chrono::steady_clock;
  using Ask = std::function<Result<Secret>()>;

  /// The PIN of that key: as it was given before, or by `ask`. Threads that want it at the same time share
  /// one question, its failure too; a failure is not kept. Raises what ask raises, or timed_out when another
  /// thread's question is not answered by the deadline.
  Result<Secret> get(const std::string& key, Clock::time_point deadline, const Ask& ask);

 private:
  using Answer = std::shared_ptr<const Result<Secret>>;
  struct Entry {
    std::shared_future<Answer> answer;
    unsigned fork_generation;
    bool asking;
  };
  void finish(const std::string& key, bool keep);

  ProcessMutex mutex_{MutexRank::asked_pins};
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace sesam::n200
