// SPDX-License-Identifier: Apache-2.0
// Verdicts on PINs, in memory that this process shares with the processes it forks, so that together they
// send a wrong PIN only once.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/secret.h"

namespace sesam::n200 {

/// Identifies one PIN of one key on one node: a MAC of them with a random key, which is not in the shared
/// memory.
using PinTag = std::array<unsigned char, 16>;

/// A bounded table, made before the first fork. A tag for which there is no room has no verdict. No call
/// waits longer than 0.1 s for another process: where one was stopped amid a call, asking says `wait`, and
/// outcomes are not recorded.
class SharedVerdicts {
 public:
  using Clock = std::chrono::steady_clock;  // one clock for all processes

  /// Throws std::bad_alloc if no memory can be mapped.
  SharedVerdicts();
  SharedVerdicts(const SharedVerdicts&) = delete;
  SharedVerdicts& operator=(const SharedVerdicts&) = delete;

  /// Throws std::bad_alloc.
  PinTag tag_of(std::string_view node, std::string_view key_id, std::string_view pin) const;

  enum class Answer : std::uint8_t { proven, refused, try_it, wait };
  struct Asked {
    Answer answer = Answer::wait;
    std::uint64_t trial = 0;  ///< try_it: its number, for release()
  };
  /// What is known about the tag. If it is unproven, a single caller gets `try_it`. The others wait, until
  /// the trial is settled or released, its process ends, or the `until` of its caller has passed.
  Asked ask(const PinTag& tag, Clock::time_point until) noexcept;
  /// Does not start a trial.
  bool is_proven(const PinTag& tag) const noexcept;
  /// Records the outcome of a trial, or of another exchange. A refusal is final.
  void settle(const PinTag& tag, bool is_right) noexcept;
  /// The trial showed nothing: the next caller may try.
  void release(const PinTag& tag, std::uint64_t trial) noexcept;
  /// The number of refusals so far: while it is unchanged, proven PINs are still proven.
  std::uint32_t refusals() const noexcept;

 private:
  struct Trial;
  struct Entry;
  struct Table;
  class Lock;
  // `ended`: the number of a trial whose process has ended. Sets `running` to the trial to wait for, if any.
  Asked ask(const PinTag& tag, const Trial& own, std::uint64_t ended, Trial& running) noexcept;

  Table* const table_;
  Secret mac_key_;
};

}  // namespace sesam::n200
