// SPDX-License-Identifier: Apache-2.0
// Where a device is: the steps of a connection one by one, each with an error of its own.
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

/// What 'url' and 'address' lead to.
struct Endpoint {
  std::string name;  ///< in the URL, and to be in the certificate
  std::string host;  ///< to be connected
  std::string port;
};

/// `url` is "https://host[:port]"; `address` "host", "host:port" or empty: one of those in
/// transport::Options.
Endpoint endpoint_of(std::string_view url, std::string_view address);

/// The same for each of the node's addresses, which are separated by '|'.
std::vector<Endpoint> endpoints_of(std::string_view url, std::string_view addresses);

using Addresses = std::unique_ptr<addrinfo, ossl::FreeWith<&freeaddrinfo>>;

/// Within `timeout_ms`; a look-up that takes longer ends by itself. Raises cannot_resolve.
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

/// Connects to the first address that lets it, all within `timeout_ms`: each gets half of the time that is
/// left, the last one all of it, as with libcurl. The socket does not block. Raises cannot_connect,
/// timed_out.
Result<Socket> connect_to(const Addresses& addresses, const Endpoint& endpoint, unsigned timeout_ms);

/// Waits until the socket is readable (POLLIN) or writable (POLLOUT). False: not before the deadline.
bool wait_for(const Socket& socket, short events, std::chrono::steady_clock::time_point deadline);

}  // namespace sesam::cli
