// SPDX-License-Identifier: Apache-2.0
// Detects a peer that keeps sending but never replies: window updates, pings, empty frames. libcurl reads as
// long as bytes arrive, so such a peer would monopolize the I/O thread.
#pragma once

#include <chrono>

namespace sesam::transport::curl {

/// The state of one connection. Bytes of a reply are progress, however slowly they arrive; only traffic
/// without any reply counts.
class FloodWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// A TLS record was read. `heard_at`: when bytes of any reply last arrived from this peer. true: it is
  /// flooding, so close the connection.
  bool record_arrived(Clock::time_point now, Clock::time_point heard_at) noexcept;

 private:
  Clock::time_point since_{};  // no reply since then; at most two seconds ago
  unsigned records_ = 0;       // since then
};

}  // namespace sesam::transport::curl
