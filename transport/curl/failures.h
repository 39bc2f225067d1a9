// SPDX-License-Identifier: Apache-2.0
// The one map from libcurl's codes to our failures.
#pragma once

#include <string>
#include <string_view>

#include "transport/pipeline.h"

namespace sesam::transport::curl {

/// What is known of a transfer that gave no reply.
struct Evidence {
  int curl_code = 0;                       ///< CURLcode
  std::string_view words;                  ///< of the transfer's error buffer; may be empty
  int os_errno = 0;                        ///< CURLINFO_OS_ERRNO
  bool sent = false;                       ///< libcurl had begun to send the request
  bool connected = false;                  ///< there was a connection that it waited to be sent over
  int limit_errno = 0;                     ///< why this process can have no more sockets
  Failure broken_off_for = Failure::none;  ///< by us: too_large, out_of_memory
};

Failure failure_of(const Evidence& evidence) noexcept;
/// libcurl's words, completed by the system's ("Connection refused").
std::string message_of(const Evidence& evidence);
/// Nothing was sent because there was no connection: all that wait for this connection share the failure.
bool is_of_the_connect(const Evidence& evidence) noexcept;

}  // namespace sesam::transport::curl
