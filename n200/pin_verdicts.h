// SPDX-License-Identifier: Apache-2.0
// What a node thinks of a PIN. A refused one is sent to it once by a process and the processes it forks,
// because the device may lock the key.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "n200/shared_verdicts.h"

namespace sesam::n200 {

/// One user's view of the verdict on one PIN for one key on one node. The verdict itself is shared
/// (shared_verdicts.h).
class PinVerdict {
 public:
  /// Throws std::bad_alloc.
  PinVerdict(SharedVerdicts& shared, std::string_view node, std::string_view key_id, std::string_view pin)
      : shared_(shared), tag_(shared.tag_of(node, key_id, pin)) {}

  enum class Leave : std::uint8_t { granted, to_try, refused, wait };
  struct Permission {
    Leave leave;
    std::uint64_t trial = 0;  ///< to_try: for the PinProbe
  };
  /// Asks to send the PIN. A proven one goes at once. An unproven one is sent by one caller at a time
  /// (to_try, who must hold a PinProbe until `deadline` at the latest), or a wrong PIN would go out from all
  /// threads before the first answer; the others wait for its verdict, and ask again.
  Permission ask(std::chrono::steady_clock::time_point deadline) noexcept;
  /// `trial`: that of the Permission.
  void proven(std::uint64_t trial) noexcept;
  void refused() noexcept;
  /// The exchange showed nothing about the PIN: the next caller may try.
  void open(std::uint64_t trial) noexcept { shared_.release(tag_, trial); }
  /// Starts no trial.
  bool is_proven() const noexcept { return shared_.is_proven(tag_); }

  /// Between two looks at the verdict that another caller waits for: a process cannot wake the jobs of
  /// another one.
  static constexpr std::chrono::milliseconds kFirstPause{1}, kMaxPause{16};

 private:
  enum class State : std::uint8_t { unproven, proven, refused };

  SharedVerdicts& shared_;
  const PinTag tag_;
  std::atomic<State> known_{State::unproven};
  std::atomic<std::uint32_t> as_of_{0};  // known_ is as old as that count of refusals
};

/// The verdicts of all nodes. They may differ: a node that was restored from a backup has the PINs of that
/// time.
class PinVerdicts {
 public:
  /// `nodes`: their URLs, in the order of their numbers. Without them one verdict is that of all nodes.
  /// Throws std::bad_alloc.
  PinVerdicts(SharedVerdicts& shared, std::span<const std::string> nodes, std::string_view key_id,
              std::string_view pin);

  PinVerdict& of(std::size_t node) noexcept { return verdicts_[std::min(node, verdicts_.size() - 1)]; }
  /// Another node has accepted the PIN, and has not rejected it since.
  bool is_proven_by_another(std::size_t node) const noexcept;

 private:
  std::deque<PinVerdict> verdicts_;  // never empty
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
