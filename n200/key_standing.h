// SPDX-License-Identifier: Apache-2.0
// Whether the device still has the keys that are open here: whatever it says of a key is held against them.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/process_state.h"
#include "n200/key_record.h"

namespace sesam::n200 {

/// The name by which a device was asked for a key.
struct KeyQuestion {
  std::string device;  ///< tells devices apart, and the nodes of one: what another node has is another matter
  std::string name;

  bool operator==(const KeyQuestion&) const = default;
};

/// What an open key was when it was opened, and whether the device has told of another one in its place
/// since.
class KeyStanding {
 public:
  KeyStanding(KeyQuestion question, const KeyRecord& record);

  const KeyQuestion& question() const noexcept { return question_; }
  bool is_replaced() const noexcept { return replaced_.load(std::memory_order_acquire); }
  bool is_of(const KeyQuestion& question, const KeyRecord& record) const;

  /// The device answered `question` just now. The key is replaced if the answer has its key_id with another
  /// public part, or answers the key's own question with other keys only. An answer without public parts
  /// tells nothing of these, one without keys nothing at all.
  void hold_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer);

 private:
  const KeyQuestion question_;
  const std::string key_id_;
  const Bytes public_part_;
  std::atomic<bool> replaced_{false};
};

/// Process-wide state: the standings of all open keys.
class KeyStandings {
 public:
  /// The standing of a key that is opened as the answer to `question`, shared by all who open the same.
  std::shared_ptr<KeyStanding> of(const KeyQuestion& question, const KeyRecord& record);
  void hold_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer);

 private:
  ProcessMutex mutex_{MutexRank::key_standings};
  std::vector<std::weak_ptr<KeyStanding>> standings_;
};

}  // namespace sesam::n200
