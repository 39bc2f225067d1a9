// SPDX-License-Identifier: Apache-2.0
#include "transport/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/descriptors.h"

namespace sesam::transport {
namespace {

// Replaces the descriptor by a socket at its end. false: no descriptor is available for one.
bool replace_by_ended_socket(int fd) noexcept {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
  ::close(pair[1]);
  const bool is_done = dup3(pair[0], fd, O_CLOEXEC) == fd;
  ::close(pair[0]);
  return is_done;
}

// Also discards unread data, and needs no descriptor.
void reset(int fd) noexcept {
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  ::connect(fd, &nowhere, sizeof nowhere);
}

}  // namespace

int Sockets::open(int family, int type, int protocol, std::size_t endpoint) {
  sockets_.reserve(sockets_.size() + 1);  // may throw, so before the socket is opened
  const int fd = above_standard_streams(::socket(family, type | SOCK_CLOEXEC, protocol));
  if (fd == -1) return -1;
  // Not fatal if the kernel does not support it: the request's own time-out remains.
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered_ms_, sizeof unanswered_ms_);
  sockets_.push_back({fd, endpoint, FileIdentity(fd), false, false});
  return fd;
}

void Sockets::close(int fd) noexcept {
  bool is_ours = false;
  std::erase_if(sockets_, [&](const Socket& socket) {
    if (socket.fd != fd) return false;
    is_ours |= socket.identity.is_behind(fd);
    return true;
  });
  if (is_ours) ::close(fd);
}

bool Sockets::are_ours() const noexcept {
  return std::ranges::all_of(
      sockets_, [](const Socket& socket) { return !socket.in_use || socket.identity.is_behind(socket.fd); });
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

unsigned Sockets::count_of(std::size_t endpoint) const noexcept {
  return static_cast<unsigned>(
      std::count_if(sockets_.begin(), sockets_.end(),
                    [endpoint](const Socket& socket) { return socket.endpoint == endpoint; }));
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
    if (socket.endpoint != endpoint || socket.buried ||
        getsockname(socket.fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      continue;
    // The port is at the same place for IPv4 and IPv6.
    if (ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port) == local_port) return socket.fd;
  }
  return -1;
}

void Sockets::note_use(int fd) noexcept {
  // The newest: libcurl may have closed an earlier socket with that number without notice.
  const auto socket = std::ranges::find(sockets_.rbegin(), sockets_.rend(), fd, &Socket::fd);
  if (socket != sockets_.rend()) socket->in_use = true;
}

bool Sockets::is_in_use(int fd) const noexcept {
  for (const auto& socket : sockets_)
    if (socket.fd == fd) return socket.in_use;
  return false;
}

std::optional<Sockets::Lost> Sockets::take_lost() noexcept {
  for (auto socket = sockets_.begin(); socket != sockets_.end(); ++socket) {
    if (socket->in_use || socket->identity.is_behind(socket->fd)) continue;
    const Lost lost{socket->fd, socket->endpoint};
    sockets_.erase(socket);
    return lost;
  }
  return std::nullopt;
}

int Sockets::limit_errno() noexcept {
  const int fd = eventfd(0, EFD_CLOEXEC);  // which no sandbox refuses, unlike a socket
  if (fd == -1) return errno;
  ::close(fd);
  return 0;
}

// libcurl checks a connection before it uses it again, but 7.88 takes an unread close_notify of TLS for a
// sign of life and loses the request. So nothing may be left to be read.
void Sockets::bury(int fd) noexcept {
  const auto socket = std::ranges::find(sockets_, fd, &Socket::fd);
  // Already closed: the number may be another thread's file.
  if (socket == sockets_.end() || !socket->identity.is_behind(fd)) return;
  if (replace_by_ended_socket(fd))
    socket->identity = FileIdentity(fd);
  else
    reset(fd);
  socket->buried = true;
}

bool Sockets::is_buried(std::size_t endpoint, int local_port) const noexcept {
  const bool some = std::ranges::any_of(
      sockets_, [endpoint](const Socket& socket) { return socket.endpoint == endpoint && socket.buried; });
  return some && socket_with_port(endpoint, local_port) == -1;
}

bool Sockets::has_ended(int fd) noexcept {
  char byte = 0;
  const auto got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got == -1 && errno != EAGAIN && errno != EINTR);
}

void Sockets::close_all() noexcept {
  for (const auto& socket : sockets_)
    if (socket.identity.is_behind(socket.fd)) ::close(socket.fd);
  sockets_.clear();
}

void Cork::set(int on) const noexcept {
  if (fd_ != -1) setsockopt(fd_, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

}  // namespace sesam::transport
