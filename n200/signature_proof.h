// SPDX-License-Identifier: Apache-2.0
// Which signatures of a key have to be verified before they are released, whatever verify_signatures says.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/process_state.h"
#include "n200/node_set.h"

namespace sesam::n200 {

/// What the signatures of one key have shown so far: from which nodes one has verified against the key's
/// public part, and from which one has not (that node has another key under the same name). Shared by all
/// threads; lock-free.
class SignatureProof {
 public:
  /// `home`: the node that returned the key's public part.
  explicit SignatureProof(std::size_t home) noexcept : proven_(node_set(home)) {}

  bool is_proven(std::size_t node) const noexcept {
    return (proven_.load(std::memory_order_relaxed) & node_set(node)) != 0;
  }
  /// Nodes to avoid for this key while there is another one.
  NodeSet differing() const noexcept { return differing_.load(std::memory_order_relaxed); }
  void verified(std::size_t node) noexcept;
  /// A signature of this node did not verify, or it does not have the key. true: nothing was known of that.
  bool differs(std::size_t node) noexcept;

  /// SignatureWriting::code() of the writing, other than the configured one, in which a signature has
  /// verified last; 0: none has.
  std::uint8_t writing() const noexcept { return writing_.load(std::memory_order_relaxed); }
  /// true: it was another one until now.
  bool verified_in(std::uint8_t writing) noexcept {
    return writing_.exchange(writing, std::memory_order_relaxed) != writing;
  }

  /// This node has signed with the key: user and password are right, and no rule forbids it.
  void note_authorized(std::size_t node) noexcept {
    if (!was_authorized(node)) authorized_.fetch_or(node_set(node), std::memory_order_relaxed);
  }
  bool was_authorized(std::size_t node) const noexcept {
    return (authorized_.load(std::memory_order_relaxed) & node_set(node)) != 0;
  }

  /// This process deleted the key: a node that still has it is not asked for another signature.
  void deleted() noexcept { deleted_.store(true, std::memory_order_relaxed); }
  /// It seemed so, but the key is still there.
  void not_deleted() noexcept { deleted_.store(false, std::memory_order_relaxed); }
  bool is_deleted() const noexcept { return deleted_.load(std::memory_order_relaxed); }

 private:
  std::atomic<NodeSet> proven_;
  std::atomic<NodeSet> differing_{0};
  std::atomic<NodeSet> authorized_{0};
  std::atomic<bool> deleted_{false};
  std::atomic<std::uint8_t> writing_{0};
};

/// Process-wide state. A proof outlives the key's last user while there is room, because BIND opens its keys
/// again and again.
class SignatureProofs {
 public:
  /// `key` names device, key_id and public part: a key with another public part has to be proven anew.
  std::shared_ptr<SignatureProof> of(const std::string& key, std::size_t home);

  /// About 20 MiB. Where more keys are open at the same time, the map grows with them.
  static constexpr std::size_t kMaxUnused = 65536;

 private:
  void make_room() SESAM_REQUIRES(mutex_);

  ProcessMutex mutex_{MutexRank::signature_proofs};
  std::unordered_map<std::string, std::shared_ptr<SignatureProof>> proofs_ SESAM_GUARDED_BY(mutex_);
  // How many there may be before the unused ones are looked for, again at each doubling.
  std::size_t room_ SESAM_GUARDED_BY(mutex_) = kMaxUnused;
};

}  // namespace sesam::n200
