// SPDX-License-Identifier: Apache-2.0
// Whether the device still has the keys that are open here: whatever it says of a key is held against them.
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

  /// The device returned a record with this key's key_id: the key is replaced if that has another public
  /// part.
  void check_against(const KeyRecord& same_key_id);
  /// The device answered the key's own question: the key is replaced if the answer has other keys only.
  void check_against(const std::vector<KeyRecord>& answer);

 private:
  const KeyQuestion question_;
  const std::string key_id_;
  const Bytes public_part_;
  std::atomic<bool> replaced_{false};
};

/// Process-wide state: the standings of all open keys. What opening or checking one costs does not grow with
/// their number.
class KeyStandings {
 public:
  /// The standing of a key that is opened as the answer to `question`, shared by all who open the same.
  std::shared_ptr<KeyStanding> of(const KeyQuestion& question, const KeyRecord& record);
  /// The device answered `question` just now. An answer without public parts tells nothing of these, one
  /// without keys nothing at all.
  void check_against(const KeyQuestion& question, const std::vector<KeyRecord>& answer);
  /// How many it remembers, closed ones among them. For tests.
  std::size_t remembered() const;

 private:
  using Index = std::unordered_multimap<std::string, std::weak_ptr<KeyStanding>>;
  void forget_closed() SESAM_REQUIRES(mutex_);

  mutable ProcessMutex mutex_{MutexRank::key_standings};
  Index by_question_ SESAM_GUARDED_BY(mutex_), by_key_id_ SESAM_GUARDED_BY(mutex_);  // each with the device
  // How many to remember before the closed ones are looked for.
  std::size_t forget_at_ SESAM_GUARDED_BY(mutex_) = 0;
};

}  // namespace sesam::n200
