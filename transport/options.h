// SPDX-License-Identifier: Apache-2.0
// Where a pipeline connects to, and its limits.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "metrics/metrics_text.h"

namespace sesam::transport {

/// The minimum time to connect for each of several addresses that share a deadline: enough for a handshake
/// with a busy device. If a deadline is too short for that, the next operation tries the next address.
inline constexpr unsigned kMinConnectShareMs = 500;

/// Where to connect, and how; immutable. Pipelines with
/// equal options are shared (see Pipeline::for_options).
struct Options {
  std::vector<std::string> urls;  ///< base URLs "https://host[:port]", the nodes of one cluster
  /// Where to connect instead of resolving the names: empty, or one entry for each of `urls`, "host" or
  /// "host:port"; several for one node are separated by '|'.
  std::vector<std::string> addresses;
  std::string ca_pem;   ///< trusted certificates, PEM, read at init; empty: the system's CAs
  std::string ca_path;  ///< where ca_pem came from, for messages, and for a libcurl that reads only files
  std::string client_cert_pem;  ///< mutual TLS; empty: none
  Secret client_key_pem;
  std::string client_cert_path, client_key_path;  ///< where these came from
  std::string user;                               ///< HTTP Basic (RFC 7617); empty: no Authorization header
  Secret password;
  unsigned connect_timeout_ms = 3000;
  unsigned request_timeout_ms = 10000;
  unsigned max_in_flight = 256;                 ///< requests on the wire at one time
  unsigned streams = 256;                       ///< per HTTP/2 connection
  unsigned connections = 64;                    ///< if the server speaks HTTP/1.1
  std::string metrics_file;                     ///< a MetricsFile's pattern; empty: none
  metrics::MetricsText metrics_text = nullptr;  ///< what is written there

  bool operator==(const Options&) const = default;
};

}  // namespace sesam::transport
