// SPDX-License-Identifier: Apache-2.0
// A peer that never answers: it accepts connections and sends nothing, or it refuses them.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace sesam::transport::curl {

class LocalSocket {
 public:
  enum class Kind {
    silent,   ///< the kernel accepts connections, but nothing is ever sent
    refusing  ///< the port is bound, but not listening
  };
  explicit LocalSocket(Kind kind) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address_;
    bind(fd_, reinterpret_cast<const sockaddr*>(&address_), length);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &length);
    if (kind == Kind::silent) listen(fd_, 64);
  }
  ~LocalSocket() { close(fd_); }
  LocalSocket(const LocalSocket&) = delete;
  LocalSocket& operator=(const LocalSocket&) = delete;

  std::string url() const { return "https://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

 private:
  int fd_;
  sockaddr_in address_{};
};

}  // namespace sesam::transport::curl
