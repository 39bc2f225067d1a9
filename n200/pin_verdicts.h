// SPDX-License-Identifier: Apache-2.0
// What the device thinks of a PIN. A refused one is never sent twice by one process, because the device may
// lock the key.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/process_state.h"
#include "base/secret.h"
#include "n200/http/pipeline.h"

namespace sesam::n200 {

/// The verdict on one PIN for one key, shared by everybody who uses that pair. Lock-free: a fork may happen
/// at any moment.
class PinVerdict {
 public:
  PinVerdict(std::string_view key_id, std::string_view pin) : key_id_(key_id), pin_(pin) {}

  enum class Leave { granted, to_try, refused, timed_out };
  /// Asks to send the PIN. A proven one goes at once. An unproven one is sent by one at a time (to_try, who
  /// must hold a PinProbe), or a wrong PIN would go out from all threads before the first answer; the others
  /// wait for its verdict, until the deadline; for that of an ASYNC_JOB only other jobs do, and for a second
  /// at most. A job waits paused, by the pipeline; one that cannot be paused is granted leave, as the one who
  /// is waited for may be a job of the same thread. Who may send tells what became of it.
  Leave ask(std::chrono::steady_clock::time_point deadline, http::Pipeline& pipeline) noexcept;
  void proven() noexcept { settle(State::proven); }
  void refused() noexcept { settle(State::refused); }
  /// The exchange told nothing about the PIN: the next one may try.
  void open() noexcept;

  bool is_of(std::string_view key_id, std::string_view pin) const noexcept;
  bool is_refused() const noexcept { return state_.load(std::memory_order_acquire) == State::refused; }

 private:
  enum class State { unproven, proven, refused };
  void settle(State state) noexcept;
  bool try_to_probe(bool in_job, bool waited_long) noexcept;

  const std::string key_id_;
  const Secret pin_;
  std::atomic<State> state_{State::unproven};
  std::atomic<unsigned> probing_{0};  // who is trying: 1 + twice the fork generation, a job one more; 0: none
};

/// Who was granted leave holds one while it asks the device: the next may try where nothing came of it, not
/// even an answer.
class PinProbe {
 public:
  explicit PinProbe(PinVerdict* verdict) noexcept : verdict_(verdict) {}
  ~PinProbe() {
    if (verdict_ != nullptr) verdict_->open();
  }
  PinProbe(const PinProbe&) = delete;
  PinProbe& operator=(const PinProbe&) = delete;

 private:
  PinVerdict* const verdict_;  // none: there is no PIN
};

/// Process-wide state: all pairs in use, and the refused ones for ever.
class PinVerdicts {
 public:
  std::shared_ptr<PinVerdict> of(std::string_view key_id, std::string_view pin);

 private:
  ProcessMutex mutex_{MutexRank::pins};
  std::vector<std::shared_ptr<PinVerdict>> verdicts_;
};

}  // namespace sesam::n200
