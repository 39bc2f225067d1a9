// SPDX-License-Identifier: Apache-2.0
// The verdict of each node on a PIN. A process and the processes it forks send a rejected PIN to a node only
// once, because the device may lock the key.
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

/// A key handle's view of the verdict on one PIN for one key on one node. The verdict itself is shared
/// (shared_verdicts.h).
class PinVerdict {
 public:
  /// Throws std::bad_alloc.
  PinVerdict(SharedVerdicts& shared, std::string_view node, std::string_view key_id, std::string_view pin)
      : shared_(shared), tag_(shared.tag_of(node, key_id, pin)) {}

  enum class Leave : std::uint8_t { granted, to_try, refused, wait };
  struct Permission {
    Leave leave;
    std::uint64_t trial = 0;  ///< to_try: to pass to PinProbe
  };
  /// Asks for permission to send the PIN: granted at once if it is proven. An unproven PIN is sent by one
  /// caller at a time (to_try; it must hold a PinProbe, until `deadline` at most), so that a wrong one is not
  /// sent by all threads before the first reply. The others wait for the verdict, and ask again.
  Permission ask(std::chrono::steady_clock::time_point deadline) noexcept;
  /// The node accepted the PIN. `trial`: that of the Permission.
  void proven(std::uint64_t trial) noexcept;
  void refused() noexcept;
  /// The exchange showed nothing about the PIN: the next caller may try.
  void open(std::uint64_t trial) noexcept { shared_.release(tag_, trial); }
  /// Does not start a trial.
  bool is_proven() const noexcept { return shared_.is_proven(tag_); }

  /// Pauses between two polls of a verdict that another caller will get: a process cannot wake the jobs of
  /// another one.
  static constexpr std::chrono::milliseconds kFirstPause{1}, kMaxPause{16};

 private:
  enum class State : std::uint8_t { unproven, proven, refused };

  SharedVerdicts& shared_;
  const PinTag tag_;
  std::atomic<State> known_{State::unproven};
  std::atomic<std::uint32_t> as_of_{0};  // refusals() for which known_ is valid
};

/// The verdicts of all nodes. They may differ: a node that was restored from a backup has the PINs of that
/// time.
class PinVerdicts {
 public:
  /// `nodes`: their URLs, in the order of their numbers. If empty, one verdict applies to all nodes. Throws
  /// std::bad_alloc.
  PinVerdicts(SharedVerdicts& shared, std::span<const std::string> nodes, std::string_view key_id,
              std::string_view pin);

  PinVerdict& of(std::size_t node) noexcept { return verdicts_[std::min(node, verdicts_.size() - 1)]; }
  /// Another node has accepted the PIN, and has not rejected it since.
  bool is_proven_by_another(std::size_t node) const noexcept;

 private:
  std::deque<PinVerdict> verdicts_;  // never empty
};

/// A caller that tries the PIN holds one while its request is in flight. If that brings no verdict, or not
/// even a reply, the next caller may try.
class PinProbe {
 public:
  /// `trial`: that of the Permission; 0: it is not a trial.
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
