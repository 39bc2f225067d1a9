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

/// What is known from the signatures of one key: which nodes made one that verified with the key's public
/// part, and which one that did not (such a node has another key under the same name). Shared by all threads;
/// lock-free.
class SignatureProof {
 public:
  /// `home`: the node that returned the key's public part.
  explicit SignatureProof(std::size_t home) noexcept : proven_(node_set(home)) {}

  bool is_proven(std::size_t node) const noexcept {
    return (proven_.load(std::memory_order_relaxed) & node_set(node)) != 0;
  }
  /// Nodes to avoid for this key while there is another node.
  NodeSet differing() const noexcept { return differing_.load(std::memory_order_relaxed); }
  void verified(std::size_t node) noexcept;
  /// A signature of this node did not verify, or it lacks the key or rejects the PIN. True: this is new.
  bool differs(std::size_t node) noexcept;

  /// SignatureWriting::code() of the last signature that verified; 0: the configured writing, or none has
  /// verified yet.
  std::uint8_t writing() const noexcept { return writing_.load(std::memory_order_relaxed); }
  /// A signature in this writing verified. Returns true if the last one was in another writing.
  bool verified_in(std::uint8_t writing) noexcept {
    return writing_.exchange(writing, std::memory_order_relaxed) != writing;
  }

  /// This node has signed with the key: user and password are correct, and no rule forbids it.
  void note_authorized(std::size_t node) noexcept {
    if (!was_authorized(node)) authorized_.fetch_or(node_set(node), std::memory_order_relaxed);
  }
  bool was_authorized(std::size_t node) const noexcept {
    return (authorized_.load(std::memory_order_relaxed) & node_set(node)) != 0;
  }

  /// This process deleted the key: if a node does not have it, no other node is asked to sign.
  void deleted() noexcept { deleted_.store(true, std::memory_order_relaxed); }
  /// The deletion turned out to have failed: the key is still there.
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
/// repeatedly.
class SignatureProofs {
 public:
  /// `key` identifies device, key_id and public part: with another public part, a key must be proven again.
  std::shared_ptr<SignatureProof> of(const std::string& key, std::size_t home);

  /// About 20 MiB. If more keys are open at the same time, the map grows with them.
  static constexpr std::size_t kMaxUnused = 65536;

 private:
  void make_room() SESAM_REQUIRES(mutex_);

  ProcessMutex mutex_{MutexRank::signature_proofs};
  std::unordered_map<std::string, std::shared_ptr<SignatureProof>> proofs_ SESAM_GUARDED_BY(mutex_);
  // At this number of proofs the unused ones are removed; set again at each doubling.
  std::size_t room_ SESAM_GUARDED_BY(mutex_) = kMaxUnused;
};

}  // namespace sesam::n200
