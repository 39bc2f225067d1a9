// SPDX-License-Identifier: Apache-2.0
// What one device remembers of refused and of authorized requests: a request that was refused a short time
// ago is not sent again.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "n200/exchange.h"
#include "n200/node_set.h"
#include "n200/refused_access.h"
#include "transport/options.h"

namespace sesam::n200 {

/// Shared by all threads. The refusals themselves are state of the process (refused_access.h).
class AccessMemory {
 public:
  AccessMemory(const transport::Options& connection, bool remembers_refusals);

  /// The refusal to return in place of a request.
  std::optional<RefusedAccess::Refusal> refusal_for(const Exchange& exchange) const;
  /// How a request that was sent ended. `error`: not null for no_access. `begun`: when the exchange did.
  void note(const Exchange& exchange, ReplyKind kind, const Error* error,
            RefusedAccess::Clock::time_point begun);

 private:
  std::string name_of(const Exchange& exchange, bool of_the_key) const;
  void note_authorized(const Exchange& exchange) noexcept;
  bool was_authorized(const Exchange& exchange, bool of_the_key) const noexcept;

  const bool remembers_refusals_;
  std::vector<std::size_t> logins_;  // by node: RefusedAccess::login()
  // By operation: the nodes that have done it.
  std::array<std::atomic<NodeSet>, static_cast<std::size_t>(Operation::count)> authorized_{};
};

}  // namespace sesam::n200
