// SPDX-License-Identifier: Apache-2.0
// Makes libcurl serve transfers that it would not serve, or not soon enough.
#pragma once

#include "transport/curl/lane.h"
#include "transport/sockets.h"

namespace sesam::transport::curl {

/// A socket of this endpoint is readable: if it is the only one and has many transfers, makes one of them
/// read for all. false: libcurl has to visit them all, as it does by itself.
bool nudge(Lane& lane, int fd, const Sockets& sockets) noexcept;

/// Makes a transfer read data that OpenSSL has buffered for the lane's transfers without libcurl's knowledge.
/// nullptr: there is no such data, or no transfer to read it.
Easy* read_on(const Lane& lane, const Sockets& sockets) noexcept;
/// Whether that transfer is still active and connected: then it has read everything that was buffered.
bool is_reading(const Lane& lane, const Easy& easy) noexcept;

/// The connection that these transfers waited for is gone, but libcurl has not noticed: makes it try the next
/// address.
void resume_unsent(const Lane& lane) noexcept;

}  // namespace sesam::transport::curl
