// SPDX-License-Identifier: Apache-2.0
// A set of nodes of one cluster.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sesam::n200 {

/// One bit per node, by index in `urls`. Nodes from kMaxNodesInSet on are not tracked.
using NodeSet = std::uint64_t;
constexpr std::size_t kMaxNodesInSet = 64;
constexpr NodeSet node_set(std::size_t node) noexcept {
  return node < kMaxNodesInSet ? NodeSet{1} << node : 0;
}

}  // namespace sesam::n200
