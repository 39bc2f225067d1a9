// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 servers that allow fewer connections than we make: a call that is turned away waits for a place.
#pragma once

#include <memory>
#include <span>

#include "transport/curl/easy.h"
#include "transport/curl/failures.h"
#include "transport/driver.h"

namespace sesam::transport::curl {

/// The number of this endpoint's connections that have answered before, in use or idle.
unsigned standing_connections(const Lane& lane, const Sockets& sockets) noexcept;

/// Whether a failed call met the server's connection limit, so that it may wait for a place.
bool meets_limit(Lane& lane, const Easy& easy, const Evidence& evidence, const Sockets& sockets) noexcept;

/// Whether the handshake of this call has taken so long that the server seems not to accept the connection.
bool is_slow_handshake(const Lane& lane, const Easy& easy, Clock::time_point now, bool others_idle) noexcept;
/// When the next handshake of this endpoint becomes slow; Clock::time_point::max(): none does.
Clock::time_point next_slow_handshake(const Lane& lane) noexcept;

/// The failure to report for a failed handshake: a server that breaks off each one is not a device.
Failure failure_of_handshake(Lane& lane, const Evidence& evidence) noexcept;

/// Counts and logs a limit that was just learned or no longer applies.
void report_limit(Lane& lane, std::span<const std::unique_ptr<Lane>> lanes,
                  const Workplace& workplace) noexcept;

}  // namespace sesam::transport::curl
