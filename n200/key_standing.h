// SPDX-License-Identifier: Apache-2.0
// Whether the device still has the open keys: every record that it returns is checked against them.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/process_state.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// The name by which a device was asked for a key.
struct KeyQuestion {
  std::string device;  ///< identifies device and node: another node may have other keys
  std::string name;

  bool operator==(const KeyQuestion&) const = default;
};

/// An open key as it was when opened, and whether the device has since reported another key in its
/// place.
class KeyStanding {
 public:
  KeyStanding(KeyQuestion question, const KeyRecord& record);

  const KeyQuestion& question() const noexcept { return question_; }
  bool is_replaced() const noexcept { return replaced_.load(std::memory_order_acquire); }
  bool is_of(const KeyQuestion& question, const KeyRecord& record) const;

  /// The device returned a record with this key's key_id: the key is replaced if the record has another
  /// public part.
  void check_against(const KeyRecord& same_key_id);
  /// The device answered the key's own question: the key is replaced if the answer has only other keys.
  void check_against(const std::vector<KeyRecord>& answer);

 private:
  const KeyQuestion question_;
  const std::string key_id_;
  const Bytes public_part_;
  std::atomic<bool> replaced_{false};
};

/// Process-wide state: the standings of all open keys. The cost of opening or checking a key does not grow
/// with their number.
class KeyStandings {
 public:
  /// The standing of a key that is opened as the answer to `question`; equal keys share it.
  std::shared_ptr<KeyStanding> of(const KeyQuestion& question, const KeyRecord& record);
  /// Checks the device's latest answer to `question` against the open keys. A record without a public part
  /// says nothing about that part; an empty answer is ignored.
  void check_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer);
  /// The number of standings that it remembers, including closed ones. For tests.
  std::size_t remembered() const;

 private:
  using Index = std::unordered_multimap<std::string, std::weak_ptr<KeyStanding>>;
  void forget_closed() SESAM_REQUIRES(mutex_);

  mutable ProcessMutex mutex_{MutexRank::key_standings};
  Index by_question_ SESAM_GUARDED_BY(mutex_), by_key_id_ SESAM_GUARDED_BY(mutex_);  // by name with device
  // At this number of standings, closed ones are removed.
  std::size_t forget_at_ SESAM_GUARDED_BY(mutex_) = 0;
};

}  // namespace sesam::n200
