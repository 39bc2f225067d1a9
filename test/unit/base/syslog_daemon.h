// SPDX-License-Identifier: Apache-2.0
// A syslog daemon for tests, at a path that the test chooses.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sesam {

/// Reads only when read() is called; until then it behaves like a stalled daemon.
class SyslogDaemon {
 public:
  explicit SyslogDaemon(std::string path) : path_(std::move(path)) {
    ::unlink(path_.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~SyslogDaemon() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  SyslogDaemon(const SyslogDaemon&) = delete;
  SyslogDaemon& operator=(const SyslogDaemon&) = delete;

  /// Returns the next message, or an empty text if there is none.
  std::string read() const {
    char text[2000];
    const ssize_t length = ::recv(fd_, text, sizeof text, MSG_DONTWAIT);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
  }

 private:
  const std::string path_;
  const int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

}  // namespace sesam
