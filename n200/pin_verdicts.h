// SPDX-License-Identifier: Apache-2.0
// What the device thinks of a PIN. A refused one is sent once by a process and the processes it forks,
// because the device may lock the key.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "n200/shared_verdicts.h"
#include "transport/pipeline.h"

namespace sesam::n200 {

/// One user's view of the verdict on one PIN for one key. The verdict itself is shared (shared_verdicts.h).
class PinVerdict {
 public:
  /// Throws std::bad_alloc.
  PinVerdict(SharedVerdicts& shared, std::string_view key_id, std::string_view pin)
      : shared_(shared), tag_(shared.tag_of(key_id, pin)) {}

  enum class Leave : std::uint8_t { granted, to_try, refused, timed_out };
  struct Permission {
    Leave leave;
    std::uint64_t trial = 0;  ///< to_try: for the PinProbe
  };
  /// Asks to send the PIN. A proven one goes at once. An unproven one is sent by one caller at a time
  /// (to_try, who must hold a PinProbe), or a wrong PIN would go out from all threads before the first
  /// answer; the others wait for its verdict, until the deadline. An ASYNC_JOB waits paused.
  Permission ask(std::chrono::steady_clock::time_point deadline, transport::Pipeline& pipeline) noexcept;
  /// `trial`: that of the Permission.
  void proven(std::uint64_t trial) noexcept;
  void refused() noexcept;
  /// The exchange showed nothing about the PIN: the next caller may try.
  void open(std::uint64_t trial) noexcept { shared_.release(tag_, trial); }

 private:
  enum class State : std::uint8_t { unproven, proven, refused };
  SharedVerdicts::Asked look(std::chrono::steady_clock::time_point deadline) noexcept;

  SharedVerdicts& shared_;
  const PinTag tag_;
  std::atomic<State> known_{State::unproven};
  std::atomic<std::uint32_t> as_of_{0};  // known_ is as old as that count of refusals
};

/// A caller who was granted leave holds one while it asks the device: the next may try where nothing came of
/// it, not even an answer.
class PinProbe {
 public:
  /// 0: nothing is tried.
  PinProbe(PinVerdict* verdict, std::uint64_t trial) noexcept : verdict_(verdict), trial_(trial) {}
  ~PinProbe() {
    if (trial_ != 0) verdict_->open(trial_);
  }
  PinProbe(const PinProbe&) = delete;
  PinProbe& operator=(const PinProbe&) = delete;

 private:
  PinVerdict* const verdict_;
  const std::uint64_t trial_;
};

}  // namespace sesam::n200
