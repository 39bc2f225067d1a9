// SPDX-License-Identifier: Apache-2.0
// What became of a request: the reply of the server, or why there is none.
#pragma once

#include <cstdint>
#include <string>

namespace sesam::transport {

/// What kept an HTTP reply from arriving. The names are ours, so that only the driver knows curl.
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
  client_rejected,          ///< the peer turned down client_cert, or requires one
  tls_failed,               ///< any other failure of the handshake
  connection_lost,          ///< curl's 16, 18, 52, 55, 56, 92: repeatable where the command is
  flooded,                  ///< it keeps sending data without completing a reply: the connection was closed
  malformed,                ///< what came is not HTTP, or not in a form that libcurl reads
  too_large,                ///< the reply is longer than reply_cap_bytes
  wrong_libcrypto,          ///< libcurl was built with another OpenSSL major version than ours
  process_limit,            ///< no descriptor or no thread to be had in this process
  descriptors_closed,       ///< the program closed descriptors that are ours; the next request gets new ones
  out_of_memory,
  stopped,  ///< the process is ending
  other,
};

struct Reply {
  Failure failure = Failure::other;
  bool may_have_acted = false;         ///< at least a part of the request may have reached the server
  int status = 0;                      ///< HTTP status, 0 if none arrived
  bool server_answers_others = false;  ///< timed_out: something else came from it meanwhile
  bool has_another_address = false;    ///< no connection came about, and the next try goes to another one
  long retry_after_s = 0;              ///< of 429 and 503, as the server asks, however long; else 0
  std::string location;                ///< of 3xx: where it points to, made absolute; untrusted
  std::string body;                    ///< at most reply_cap_bytes
  std::string message;                 ///< libcurl's words about the failure, without secrets
};

}  // namespace sesam::transport
