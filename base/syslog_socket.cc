// SPDX-License-Identifier: Apache-2.0
#include "base/syslog_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "base/descriptors.h"
#include "base/printable.h"

namespace sesam {

int open_syslog(const std::string& path) noexcept {
  const int fd = above_standard_streams(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd != -1) static_cast<void>(connect_syslog(fd, path));  // the daemon may start later
  return fd;
}

bool connect_syslog(int fd, const std::string& path) noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  path.copy(address.sun_path, path.size());
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

int send_syslog(int fd, std::string_view message, std::chrono::milliseconds patience) noexcept {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + patience;
  while (::send(fd, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) == -1) {
    if (errno != EAGAIN && errno != EINTR) return errno;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return EAGAIN;
    pollfd one{fd, POLLOUT, 0};
    poll(&one, 1, static_cast<int>(left.count()));
  }
  return 0;
}

std::string syslog_message(int priority, std::string_view text) {
  std::string message = "<" + std::to_string(priority) + ">";
  message += printable(program_invocation_short_name);
  message.append("[").append(std::to_string(getpid())).append("]: ").append(text);
  return message;
}

}  // namespace sesam
