// SPDX-License-Identifier: Apache-2.0
#include "listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace n200sim {
namespace {

constexpr int kBacklog = 1024;

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

int make_socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  check(fd, "socket");
  return fd;
}

// Returns the port it got.
std::uint16_t bind_to(int fd, const std::string& address, std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) {
    throw std::system_error(EINVAL, std::generic_category(), address);
  }
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t size = sizeof where;
  check(bind(fd, reinterpret_cast<const sockaddr*>(&where), size), "bind");
  check(getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size), "getsockname");
  return ntohs(where.sin_port);
}

bool negotiated_http2(const SSL* tls) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls, &name, &size);
  return size == 2 && name[0] == 'h' && name[1] == '2';
}

}  // namespace

Listener::Listener(EventLoop& loop, const std::string& address, std::uint16_t port, SSL_CTX* tls,
                   RequestSink sink, Counters& counters)
    : loop_(loop),
      tls_(tls),
      sink_(std::move(sink)),
      counters_(counters),
      address_(address),
      fd_(make_socket()) {
  port_ = bind_to(fd_, address_, port);
  check(listen(fd_, kBacklog), "listen");
  loop_.add(fd_, EPOLLIN, *this);
}

Listener::~Listener() {
  connections_.clear();
  ::close(fd_);
}

// A socket that is bound but does not listen refuses connections and keeps the port from others.
void Listener::set_welcome(Welcome welcome) {
  const bool listened = welcome_ != Welcome::kRefused;
  welcome_ = welcome;
  if (welcome == Welcome::kRefused && listened) {
    loop_.remove(fd_);
    ::close(fd_);
    fd_ = make_socket();
    bind_to(fd_, address_, port_);
  }
  if (welcome != Welcome::kRefused && !listened) {
    check(listen(fd_, kBacklog), "listen");
    loop_.add(fd_, EPOLLIN, *this);
  }
}

void Listener::set_max_streams(std::uint32_t max_streams) {
  max_streams_ = max_streams;
  for_each_connection([max_streams](Connection& connection) { connection.change_max_streams(max_streams); });
}

void Listener::on_events(std::uint32_t) {
  while (true) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    ++counters_.connections_accepted;
    ++counters_.connections_open;
    auto stream = tls_ == nullptr ? make_plain_stream(fd) : make_tls_stream(tls_, fd);
    auto made = std::make_unique<Connection>(loop_, *this, fd, std::move(stream));
    Connection& connection = *made;
    connections_.emplace(&connection, std::move(made));
    if (welcome_ == Welcome::kSilence) connection.fall_silent();
    if (welcome_ == Welcome::kReset) connection.reset_connection();
  }
}

std::unique_ptr<Session> Listener::make_session(SessionHost& host, SSL* tls) {
  if (tls != nullptr) {
    ++counters_.tls_handshakes;
    if (SSL_session_reused(tls) != 0) ++counters_.tls_resumed;
  }
  if (tls != nullptr && negotiated_http2(tls)) {
    ++counters_.http2_connections;
    return make_http2_session(host, sink_, max_streams_);
  }
  ++counters_.http1_connections;
  return make_http1_session(host, sink_);
}

void Listener::forget(Connection& connection) {
  --counters_.connections_open;
  connections_.erase(&connection);
}

}  // namespace n200sim
