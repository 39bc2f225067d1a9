// SPDX-License-Identifier: Apache-2.0
#include "transport/doorbell.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

namespace sesam::transport {
namespace {

// In bytes. Rings that wake the I/O thread stay unread until there is no room for another.
constexpr int kRoomForRings = 4 * 1024;
constexpr unsigned kReadAtOnce = 16;

// A socket that is connected to a name that the kernel chose for it (unix(7), autobind), so that no other
// socket can send to it.
int socket_to_itself() noexcept {
  const int fd = above_standard_streams(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd == -1) return -1;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  auto* const address = reinterpret_cast<sockaddr*>(&name);
  socklen_t length = sizeof name;
  if (bind(fd, address, offsetof(sockaddr_un, sun_path)) == 0 && getsockname(fd, address, &length) == 0 &&
      connect(fd, address, length) == 0)
    return fd;
  ::close(fd);
  return -1;
}

}  // namespace

// A sandbox may forbid named sockets (systemd's RestrictAddressFamilies=, AppArmor) but allow socket pairs.
Doorbell::Doorbell() noexcept : near_(socket_to_itself()) {
  int pair[2];
  if (!near_.is_open() && socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0) {
    near_ = OwnDescriptor(above_standard_streams(pair[0]));
    far_ = OwnDescriptor(above_standard_streams(pair[1]));
    if (!near_.is_open() || !far_.is_open()) {
      const int error = errno;
      close();
      errno = error;
    }
  }
  if (is_open()) setsockopt(far_fd(), SOL_SOCKET, SO_SNDBUF, &kRoomForRings, sizeof kRoomForRings);
}

bool Doorbell::ring() const noexcept {
  while (::send(far_fd(), nullptr, 0, MSG_DONTWAIT | MSG_NOSIGNAL) == -1) {
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !is_ours()) return errno == ENOBUFS || errno == ENOMEM;
    silence();  // the next ring is then a new event for epoll(7)
  }
  return true;
}

bool Doorbell::silence() const noexcept {
  mmsghdr rings[kReadAtOnce]{};
  int count = 0;
  do count = recvmmsg(near_.fd(), rings, kReadAtOnce, MSG_DONTWAIT, nullptr);
  while (count == -1 && errno == EINTR);
  return count != -1 || errno == EAGAIN;
}

bool Doorbell::is_ours() const noexcept { return near_.is_ours() && (!far_.is_open() || far_.is_ours()); }

void Doorbell::close() noexcept {
  far_.close();
  near_.close();
}

}  // namespace sesam::transport
