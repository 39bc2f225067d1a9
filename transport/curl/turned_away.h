// SPDX-License-Identifier: Apache-2.0
// A server of HTTP/1.1 that allows fewer connections than we make: what it turns away waits for a place.
#pragma once

#include <memory>
#include <span>

#include "transport/curl/easy.h"
#include "transport/curl/failures.h"
#include "transport/driver.h"

namespace sesam::transport::curl {

/// Connections of this endpoint that have answered before, in use or idle.
unsigned standing_connections(const Lane& lane, const Sockets& sockets) noexcept;

/// Whether a call that failed met the server's limit, so that it may wait for a place.
bool meets_limit(Lane& lane, const Easy& easy, const Evidence& evidence, const Sockets& sockets) noexcept;

/// Whether the handshake of this call has taken so long that the server seems not to accept the connection.
bool is_slow_handshake(const Lane& lane, const Easy& easy, Clock::time_point now, bool others_idle) noexcept;
/// When the next handshake of this endpoint becomes slow; Clock::time_point::max(): none does.
Clock::time_point next_slow_handshake(const Lane& lane) noexcept;

/// What a failed handshake means: a server that breaks off each one is not a server of ours.
Failure failure_of_handshake(Lane& lane, const Evidence& evidence) noexcept;

/// Counts and logs a limit that was just learned, or that is over.
void report_limit(Lane& lane, std::span<const std::unique_ptr<Lane>> lanes,
                  const Workplace& workplace) noexcept;

}  // namespace sesam::transport::curl
