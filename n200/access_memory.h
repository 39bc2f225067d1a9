// SPDX-License-Identifier: Apache-2.0
// Remembers which requests one device refused or authorized: a request that was refused recently is not sent
// again.
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

/// Shared by all threads. The refusals themselves are process-wide state (refused_access.h).
class AccessMemory {
 public:
  AccessMemory(const transport::Options& connection, bool remembers_refusals);

  /// The refusal to return instead of sending the request; nullopt if the request may be sent.
  std::optional<RefusedAccess::Refusal> refusal_for(const Exchange& exchange) const;
  /// Records how a sent request ended. `error`: not null for no_access. `begun`: start of the exchange.
  void note(const Exchange& exchange, ReplyKind kind, const Error* error,
            RefusedAccess::Clock::time_point begun);

 private:
  std::string name_of(const Exchange& exchange, bool of_the_key) const;
  void note_authorized(const Exchange& exchange) noexcept;
  bool was_authorized(const Exchange& exchange, bool of_the_key) const noexcept;

  const bool remembers_refusals_;
  std::vector<std::size_t> logins_;  // by node: RefusedAccess::login()
  // By operation: the nodes that have performed it.
  std::array<std::atomic<NodeSet>, static_cast<std::size_t>(Operation::count)> authorized_{};
};

}  // namespace sesam::n200
