// SPDX-License-Identifier: Apache-2.0
#include "n200/http/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/descriptors.h"

namespace sesam::n200::http {

int Sockets::open(int family, int type, int protocol, std::size_t endpoint) {
  sockets_.reserve(sockets_.size() + 1);  // may throw: before there is something to lose
  const int fd = above_standard_streams(::socket(family, type | SOCK_CLOEXEC, protocol));
  if (fd == -1) return -1;
  // Not fatal where the kernel has none: the request's own time-out remains.
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_ms_, sizeof unanswered_ms_);
  sockets_.push_back({fd, endpoint});
  return fd;
}

void Sockets::close(int fd) noexcept {
  std::erase_if(sockets_, [fd](const Socket& socket) { return socket.fd == fd; });
  ::close(fd);
}

int Sockets::only_socket_of(std::size_t endpoint) const noexcept {
  int only = -1;
  for (const auto& socket : sockets_) {
    if (socket.endpoint != endpoint) continue;
    if (only != -1) return -1;
    only = socket.fd;
  }
  return only;
}

std::optional<std::size_t> Sockets::endpoint_of(int fd) const noexcept {
  for (const auto& socket : sockets_)
    if (socket.fd == fd) return socket.endpoint;
  return std::nullopt;
}

int Sockets::socket_with_port(std::size_t endpoint, int local_port) const noexcept {
  for (const auto& socket : sockets_) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (socket.endpoint != endpoint ||
        getsockname(socket.fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      continue;
    // The port is at the same place for IPv4 and IPv6.
    if (ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port) == local_port) return socket.fd;
  }
  return -1;
}

int Sockets::limit_errno() noexcept {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd == -1) return errno;
  ::close(fd);
  return 0;
}

// libcurl looks before it uses a connection again, but 7.88 sees TLS's farewell waiting to be read, takes
// that for a sign of life and loses the request. So a socket that is plainly at its end takes the place of
// this one.
void Sockets::bury(int fd) const noexcept {
  if (!endpoint_of(fd)) return;  // closed by now: the number may be another thread's file
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return;
  ::close(pair[1]);
  dup3(pair[0], fd, O_CLOEXEC);
  ::close(pair[0]);
}

void Sockets::close_in_child() noexcept {
  for (const auto& socket : sockets_) ::close(socket.fd);
}

void Cork::set(int on) const noexcept {
  if (fd_ != -1) setsockopt(fd_, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

}  // namespace sesam::n200::http
