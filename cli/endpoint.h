// SPDX-License-Identifier: Apache-2.0
// Connects to a device step by step, with a separate error for each step.
#pragma once

#include <netdb.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ossl/handles.h"

namespace sesam::cli {

/// The target that 'url' and 'address' specify.
struct Endpoint {
  std::string name;  ///< in the URL; the certificate must match it
  std::string host;  ///< to connect to
  std::string port;
};

/// `url` is "https://host[:port]"; `address` is "host", "host:port" or empty: one address of
/// transport::Options.
Endpoint endpoint_of(std::string_view url, std::string_view address);

/// The same for each of the node's addresses, which are separated by '|'.
std::vector<Endpoint> endpoints_of(std::string_view url, std::string_view addresses);

using Addresses = std::unique_ptr<addrinfo, ossl::FreeWith<&freeaddrinfo>>;

/// Resolves within `timeout_ms`; does not interrupt a look-up that takes longer. Raises cannot_resolve.
Result<Addresses> resolve(const Endpoint& endpoint, unsigned timeout_ms);

/// All addresses, in digits: "192.0.2.7, 2001:db8::7".
std::string text_of(const Addresses& addresses);

/// A connected TCP socket.
class Socket {
 public:
  explicit Socket(int fd) noexcept : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket();
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// Connects to the first address that accepts, within `timeout_ms` in total: each address gets half of the
/// remaining time, the last one all of it, as in libcurl. The socket is non-blocking. Raises cannot_connect,
/// timed_out.
Result<Socket> connect_to(const Addresses& addresses, const Endpoint& endpoint, unsigned timeout_ms);

/// Waits until the socket is readable (POLLIN) or writable (POLLOUT). Returns false at the deadline.
bool wait_for(const Socket& socket, short events, std::chrono::steady_clock::time_point deadline);

}  // namespace sesam::cli
