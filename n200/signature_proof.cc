// SPDX-License-Identifier: Apache-2.0
#include "n200/signature_proof.h"

#include <algorithm>

namespace sesam::n200 {

void SignatureProof::verified(std::size_t node) noexcept {
  proven_.fetch_or(node_set(node), std::memory_order_relaxed);
  differing_.fetch_and(~node_set(node), std::memory_order_relaxed);
}

bool SignatureProof::differs(std::size_t node) noexcept {
  proven_.fetch_and(~node_set(node), std::memory_order_relaxed);
  return (differing_.fetch_or(node_set(node), std::memory_order_relaxed) & node_set(node)) == 0;
}

void SignatureProofs::make_room() {
  if (proofs_.size() < room_) return;
  std::erase_if(proofs_, [](const auto& entry) { return entry.second.use_count() == 1; });
  room_ = std::max(kMaxUnused, 2 * proofs_.size());
}

std::shared_ptr<SignatureProof> SignatureProofs::of(const std::string& key, std::size_t home) {
  const ProcessLock lock(mutex_);
  if (const auto known = proofs_.find(key); known != proofs_.end()) return known->second;
  make_room();
  return proofs_.emplace(key, std::make_shared<SignatureProof>(home)).first->second;
}

}  // namespace sesam::n200
