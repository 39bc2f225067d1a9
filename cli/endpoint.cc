// SPDX-License-Identifier: Apache-2.0
#include "cli/endpoint.h"

#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <system_error>
#include <thread>

namespace sesam::cli {
namespace {

using Clock = std::chrono::steady_clock;

// RFC 6874 writes the zone of "fe80::1%eth0" in a URL as "%25eth0".
std::string with_zone(std::string_view host) {
  const auto percent = host.find("%25");
  const bool is_escaped = percent != host.npos && percent + 3 < host.size();
  return is_escaped ? std::string(host.substr(0, percent + 1)).append(host.substr(percent + 3))
                    : std::string(host);
}

// The zone is local to this machine and not in a certificate.
std::string without_zone(std::string_view host) { return std::string(host.substr(0, host.find('%'))); }

// "host", "host:port", "[v6]", "[v6]:port", and a bare IPv6 address, which has no port.
std::pair<std::string, std::string> split(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.npos;
  if (end != text.npos) {
    const auto rest = text.substr(end + 1);
    return {with_zone(text.substr(1, end - 1)), rest.starts_with(':') ? std::string(rest.substr(1)) : ""};
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

// glibc accepts an interface name for link-local addresses only ("fe80::1%eth0"), curl for all addresses.
std::string with_numbered_zone(const std::string& host) {
  const auto percent = host.find('%');
  const unsigned number = percent == host.npos ? 0 : if_nametoindex(host.c_str() + percent + 1);
  return number == 0 ? host : host.substr(0, percent + 1) + std::to_string(number);
}

Result<Addresses> look_up(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed =
      getaddrinfo(with_numbered_zone(endpoint.host).c_str(), endpoint.port.c_str(), &hints, &found);
  if (failed != 0)
    return Error{Reason::cannot_resolve,
                 endpoint.host + ": " + (failed == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(failed))};
  return Addresses(found);
}

// Returns 0 or an errno value.
int try_connect(const Socket& socket, const addrinfo& address, Clock::time_point deadline) {
  if (socket.fd() < 0) return errno;
  if (::connect(socket.fd(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_for(socket, POLLOUT, deadline)) return ETIMEDOUT;
  int failed = 0;
  socklen_t length = sizeof failed;
  return getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &failed, &length) == 0 ? failed : errno;
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
  if (address.empty()) return {without_zone(name), name, own_port};
  const auto [host, other_port] = split(address);
  return {without_zone(name), host, other_port.empty() ? own_port : other_port};
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

Result<Addresses> resolve(const Endpoint& endpoint, unsigned timeout_ms) {
  std::packaged_task<Result<Addresses>()> task([endpoint] { return look_up(endpoint); });
  auto found = task.get_future();
  try {
    std::thread(std::move(task)).detach();  // getaddrinfo(3) cannot be interrupted
  } catch (const std::system_error&) {
    return look_up(endpoint);  // this process cannot start more threads
  }
  if (found.wait_for(std::chrono::milliseconds(timeout_ms)) != std::future_status::ready)
    return Error{Reason::cannot_resolve,
                 endpoint.host + ": no reply within " + std::to_string(timeout_ms) + " ms"};
  return found.get();
}

std::string text_of(const Addresses& addresses) {
  std::string text;
  for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next)
    text += (text.empty() ? "" : ", ") + digits_of(*one);
  return text;
}

bool wait_for(const Socket& socket, short events, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd one{socket.fd(), events, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

Result<Socket> connect_to(const Addresses& addresses, const Endpoint& endpoint, unsigned timeout_ms) {
  int failed = EHOSTUNREACH;
  std::string last;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (const auto* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const auto now = Clock::now();
    Socket socket(
        ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol));
    failed = try_connect(socket, *one, one->ai_next == nullptr ? deadline : now + (deadline - now) / 2);
    if (failed == 0) return socket;
    last = digits_of(*one);
  }
  return Error{failed == ETIMEDOUT ? Reason::timed_out : Reason::cannot_connect,
               last + " port " + endpoint.port + ": " + std::strerror(failed)};
}

}  // namespace sesam::cli
