// SPDX-License-Identifier: Apache-2.0
// Recognizes a peer that keeps sending and never replies: window updates, pings, empty frames. libcurl reads
// for as long as bytes arrive, so such a peer would have the I/O thread to itself.
#pragma once

#include <chrono>

namespace sesam::transport::curl {

/// Of one connection. Bytes of a reply are progress, however slowly they arrive; only traffic without any
/// counts.
class FloodWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// A TLS record was read. `heard_at`: when bytes of any reply last arrived from this peer. true: it is a
  /// flood, close the connection.
  bool record_arrived(Clock::time_point now, Clock::time_point heard_at) noexcept;

 private:
  Clock::time_point since_{};  // no reply since then; never more than two seconds ago
  unsigned records_ = 0;       // since then
};

}  // namespace sesam::transport::curl
