// SPDX-License-Identifier: Apache-2.0
// The outcome of a request: the server's reply, or why there is none.
#pragma once

#include <cstdint>
#include <string>

#include "base/wiped_text.h"

namespace sesam::transport {

/// Why no HTTP reply arrived. The names are ours, so that only the driver knows curl.
enum class Failure : std::uint8_t {
  none,                     ///< there is a reply: look at its status
  bad_url,                  ///< the URL cannot be used
  cannot_resolve,           ///< CURLE_COULDNT_RESOLVE_HOST
  cannot_connect,           ///< CURLE_COULDNT_CONNECT: refused, unreachable
  connect_timed_out,        ///< no connection within connect_timeout_ms
  timed_out,                ///< sent, no reply within request_timeout_ms or the deadline
  queue_timed_out,          ///< deadline exceeded before the request could be sent
  certificate_not_trusted,  ///< CURLE_PEER_FAILED_VERIFICATION: the chain
  certificate_outdated,     ///< the same: it has expired, or is not valid yet
  host_name_mismatch,       ///< CURLE_PEER_FAILED_VERIFICATION: the name
  bad_ca_file,              ///< ca_pem holds no certificate
  bad_client_certificate,   ///< client_cert or client_key unusable
  client_rejected,          ///< the peer rejected client_cert, or requires one
  tls_failed,               ///< any other failure of the handshake
  connection_lost,          ///< curl codes 16, 18, 42, 52, 55, 56, 92; repeatable requests may be retried
  flooded,                  ///< the peer sends data without completing a reply; the connection was closed
  malformed,                ///< the reply is not HTTP, or not in a form that libcurl accepts
  too_large,                ///< the reply is longer than reply_cap_bytes
  wrong_libcrypto,          ///< libcurl was built with another OpenSSL major version than ours
  process_limit,            ///< no descriptor or no thread available in this process
  descriptors_closed,       ///< the program closed our descriptors; the next request gets new ones
  out_of_memory,
  stopped,  ///< the process is ending
  other,
};

struct Reply {
  Failure failure = Failure::other;
  bool may_have_acted = false;         ///< at least a part of the request may have reached the server
  int status = 0;                      ///< HTTP status, 0 if none arrived
  bool server_answers_others = false;  ///< timed_out: other requests got replies meanwhile
  bool has_another_address = false;    ///< no connection; the next attempt uses another address
  long retry_after_s = 0;              ///< of 429 and 503, as requested by the server, not capped; else 0
  std::string location;                ///< of 3xx: the target as an absolute URL; untrusted
  WipedText body;                      ///< at most reply_cap_bytes
  std::string message;                 ///< libcurl's message about the failure, without secrets
};

}  // namespace sesam::transport
