// SPDX-License-Identifier: Apache-2.0
// A set of nodes of one cluster.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sesam::n200 {

/// By their index in `urls`. Of more nodes than it has room for it knows nothing.
using NodeSet = std::uint64_t;
constexpr std::size_t kMaxNodesInSet = 64;
constexpr NodeSet node_set(std::size_t node) noexcept {
  return node < kMaxNodesInSet ? NodeSet{1} << node : 0;
}

}  // namespace sesam::n200
