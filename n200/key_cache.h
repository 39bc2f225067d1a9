// SPDX-License-Identifier: Apache-2.0
// What the device said of its keys lately: bounded, with a time to live, one request at a time for one
// question.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/single_flight.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// Process-wide state, shared by all devices; the questions carry the device's identity.
class KeyCache {
 public:
  using Answers = SingleFlight<KeyRecords>;
  using Clock = Answers::Clock;
  using Load = Answers::Load;

  KeyCache() noexcept;

  /// The answer to `question`: from the cache while it is younger than `time_to_live`, else by `load`.
  /// Threads that ask the same at the same time share one load, its failure too, unless that came of a
  /// deadline that is not theirs; a failure is not kept. Inside an ASYNC_JOB no load is waited for, as it may
  /// be that of a paused job of the same thread. Raises what load raises, or timed_out when another thread's
  /// load is not done by the deadline.
  Result<KeyRecords> get(const std::string& question, std::chrono::seconds time_to_live,
                         Clock::time_point deadline, const Load& load);

  /// The answer to `question` no longer serves.
  void forget(const std::string& question) { answers_.forget(question); }

  static constexpr std::size_t kMaxEntries = 4096;
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;  ///< of all answers but the youngest
  /// The memory of the answers it has. For tests.
  std::size_t bytes() const { return answers_.bytes(); }

 private:
  Answers answers_;
};

}  // namespace sesam::n200
