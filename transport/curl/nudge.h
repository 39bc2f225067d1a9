// SPDX-License-Identifier: Apache-2.0
// What makes libcurl look at transfers that it would not look at, or not soon enough.
#pragma once

#include "transport/curl/lane.h"
#include "transport/sockets.h"

namespace sesam::transport::curl {

/// A socket of this endpoint is readable: if it is the only one and has many transfers, has one of them read
/// for all. false: libcurl has to visit them all, as it does by itself.
bool nudge(Lane& lane, int fd, const Sockets& sockets) noexcept;

/// OpenSSL holds what came for these transfers, of which libcurl knows nothing: has one read on. nullptr:
/// there is nothing, or nobody to read it.
Easy* read_on(const Lane& lane, const Sockets& sockets) noexcept;
/// Whether that one has not come to its end, nor lost its connection: then it has read all there was.
bool is_reading(const Lane& lane, const Easy& easy) noexcept;

/// A connection that these transfers waited for is gone without libcurl's having noticed: has it try the next
/// address.
void resume_unsent(const Lane& lane) noexcept;

}  // namespace sesam::transport::curl
