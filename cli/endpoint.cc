// SPDX-License-Identifier: Apache-2.0
#include "cli/endpoint.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sesam::cli {
namespace {

// "host", "host:port", "[v6]", "[v6]:port", and a bare IPv6 address, which has no port.
std::pair<std::string, std::string> split(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.npos;
  if (end != text.npos) {
    const auto rest = text.substr(end + 1);
    return {std::string(text.substr(1, end - 1)), rest.starts_with(':') ? std::string(rest.substr(1)) : ""};
  }
  const auto colon = text.find(':');
  if (colon == text.npos || text.find(':', colon + 1) != text.npos) return {std::string(text), ""};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::string digits_of(const addrinfo& address) {
  std::array<char, NI_MAXHOST> text{};
  const int failed = getnameinfo(address.ai_addr, address.ai_addrlen, text.data(),
                                 static_cast<socklen_t>(text.size()), nullptr, 0, NI_NUMERICHOST);
  return failed != 0 ? "?" : text.data();
}

void set_timeouts(int fd, unsigned timeout_ms) {
  const timeval time{static_cast<time_t>(timeout_ms / 1000),
                     static_cast<suseconds_t>(timeout_ms % 1000 * 1000)};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

// 0, or errno. Linux lets SO_SNDTIMEO bound connect(2) too (socket(7)), and says EINPROGRESS then.
int try_connect(int fd, const addrinfo& address, unsigned timeout_ms) {
  set_timeouts(fd, timeout_ms);
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
  return errno == EINPROGRESS ? ETIMEDOUT : errno;
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Endpoint endpoint_of(std::string_view url, std::string_view address) {
  constexpr std::string_view kScheme = "https://";
  if (url.starts_with(kScheme)) url.remove_prefix(kScheme.size());
  const auto [name, port] = split(url);
  const std::string own_port = port.empty() ? "443" : port;
  if (address.empty()) return {name, name, own_port};
  const auto [host, other_port] = split(address);
  return {name, host, other_port.empty() ? own_port : other_port};
}

std::vector<Endpoint> endpoints_of(std::string_view url, std::string_view addresses) {
  std::vector<Endpoint> endpoints;
  do {
    const auto length = std::min(addresses.find('|'), addresses.size());
    endpoints.push_back(endpoint_of(url, addresses.substr(0, length)));
    addresses.remove_prefix(std::min(length + 1, addresses.size()));
  } while (!addresses.empty());
  return endpoints;
}

Result<Addresses> resolve(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
  if (failed != 0)
    return Error{Reason::cannot_resolve,
                 endpoint.host + ": " + (failed == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(failed))};
  return Addresses(found);
}

std::string text_of(const Addresses& addresses) {
  std::string text;
  for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next)
    text += (text.empty() ? "" : ", ") + digits_of(*one);
  return text;
}

Result<Socket> connect_to(const Addresses& addresses, const Endpoint& endpoint, unsigned timeout_ms) {
  int failed = EHOSTUNREACH;
  std::string last;
  for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next) {
    Socket socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    failed = socket.fd() < 0 ? errno : try_connect(socket.fd(), *one, timeout_ms);
    if (failed == 0) return socket;
    last = digits_of(*one);
  }
  return Error{failed == ETIMEDOUT ? Reason::timed_out : Reason::cannot_connect,
               last + " port " + endpoint.port + ": " + std::strerror(failed)};
}

}  // namespace sesam::cli
