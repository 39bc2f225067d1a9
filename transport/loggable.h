// SPDX-License-Identifier: Apache-2.0
// What the transport itself may log of a failure.
#pragma once

#include <string_view>

#include "transport/reply.h"

namespace sesam::transport {

/// The driver's message, or only the kind of failure where the message may quote the peer, such as the names
/// in its certificate. The transport does not know all secrets that a peer may quote: the caller logs the
/// whole message, redacted.
std::string_view loggable(Failure failure, std::string_view message) noexcept;

}  // namespace sesam::transport
