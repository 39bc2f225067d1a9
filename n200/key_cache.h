// SPDX-License-Identifier: Apache-2.0
// A bounded cache of the device's latest answers about its keys, with a time to live. Only one request at a
// time is sent for one question.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/single_flight.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// Process-wide state, shared by all devices; each question contains the identity of its device.
class KeyCache {
 public:
  using Answers = SingleFlight<KeyRecords>;
  using Clock = Answers::Clock;
  using Load = Answers::Load;

  KeyCache() noexcept;

  /// Returns the answer to `question`: from the cache while it is younger than `time_to_live`, else by
  /// `load`. Threads that ask the same question at the same time share one load and its failure, unless
  /// another thread's deadline caused it. Failures are not cached, and neither are answers without records,
  /// because a key of that name may be made at any time. Inside an ASYNC_JOB no load is waited for, because
  /// it may be that of a paused job of the same thread. Raises what load raises, or timed_out if another
  /// thread's load is not done by the deadline.
  Result<KeyRecords> get(const std::string& question, std::chrono::seconds time_to_live,
                         Clock::time_point deadline, const Load& load);

  /// Removes the answer to `question`, also one that is being loaded.
  void forget(const std::string& question) { answers_.forget(question); }
  /// The same for all answers: any of them may be about a key that changed, because a key has several names,
  /// is in listings, and may be known to several Devices.
  void forget_all() { answers_.forget_all(); }

  static constexpr std::size_t kMaxEntries = 4096;
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;  ///< of all answers but the newest
  /// The memory of the cached answers, in bytes. For tests.
  std::size_t bytes() const { return answers_.bytes(); }

 private:
  Answers answers_;
};

}  // namespace sesam::n200
