// SPDX-License-Identifier: Apache-2.0
// The only mapping from libcurl's error codes to our failures.
#pragma once

#include <string>
#include <string_view>

#include "transport/pipeline.h"

namespace sesam::transport::curl {

/// What is known about a transfer that received no reply.
struct Evidence {
  int curl_code = 0;                       ///< CURLcode
  std::string_view words;                  ///< libcurl's CURLOPT_ERRORBUFFER(3); may be empty
  int os_errno = 0;                        ///< CURLINFO_OS_ERRNO
  bool sent = false;                       ///< libcurl had begun to send the request
  bool connected = false;                  ///< a connection was up, over which it waited to be sent
  int limit_errno = 0;                     ///< why this process cannot open more sockets; 0: it can
  Failure broken_off_for = Failure::none;  ///< why we aborted it: too_large, flooded, out_of_memory
  bool replied = false;                    ///< the reply's status line had arrived
};

Failure failure_of(const Evidence& evidence) noexcept;
/// libcurl's message, completed by the system's ("Connection refused").
std::string message_of(const Evidence& evidence);
/// Nothing was sent because there was no connection: all calls waiting for it share the failure.
bool is_of_the_connect(const Evidence& evidence) noexcept;

}  // namespace sesam::transport::curl
