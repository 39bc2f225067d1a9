// SPDX-License-Identifier: Apache-2.0
#include "listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace sesam::simulator {
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

// Returns the port that was bound.
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

// A socket that is bound but not listening refuses connections and reserves the port.
void Listener::set_welcome(Welcome welcome) {
  const bool listened = welcome_ != Welcome::refused;
  welcome_ = welcome;
  if (welcome == Welcome::refused && listened) {
    loop_.remove(fd_);
    ::close(fd_);
    fd_ = make_socket();
    bind_to(fd_, address_, port_);
  }
  if (welcome != Welcome::refused && !listened) {
    check(listen(fd_, kBacklog), "listen");
    pausing_ = false;
    loop_.add(fd_, EPOLLIN, *this);
  }
}

void Listener::set_max_streams(std::uint32_t max_streams) {
  max_streams_ = max_streams;
  for_each_connection([max_streams](Connection& connection) { connection.change_max_streams(max_streams); });
}

void Listener::set_rules(const ConnectionRules& rules) {
  rules_ = rules;
  if (std::exchange(pausing_, false) && welcome_ != Welcome::refused) loop_.modify(fd_, EPOLLIN, *this);
}

bool Listener::is_full() const {
  return rules_.max_connections != 0 && connections_.size() - turned_away_.size() >= rules_.max_connections;
}

void Listener::on_events(std::uint32_t) {
  accept_all();
  if (rules_.surplus != Surplus::backlog || !is_full()) return;
  pausing_ = true;
  loop_.modify(fd_, 0, *this);
}

void Listener::accept_all() {
  while (rules_.surplus != Surplus::backlog || !is_full()) {
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const bool is_surplus = is_full();
    ++counters_.connections_accepted;
    ++counters_.connections_open;
    auto stream = tls_ == nullptr ? make_plain_stream(fd) : make_tls_stream(tls_, fd);
    auto made = std::make_unique<Connection>(loop_, *this, fd, std::move(stream));
    Connection& connection = *made;
    connections_.emplace(&connection, std::move(made));
    if (is_surplus)
      turn_away(connection);
    else
      welcome(connection);
  }
}

void Listener::welcome(Connection& connection) {
  counters_.connections_served_max =
      std::max<std::uint64_t>(counters_.connections_served_max, connections_.size() - turned_away_.size());
  if (welcome_ == Welcome::silence) connection.fall_silent();
  if (welcome_ == Welcome::reset) connection.reset_connection();
}

void Listener::turn_away(Connection& connection) {
  ++counters_.connections_turned_away;
  turned_away_.insert(&connection);
  if (rules_.surplus == Surplus::reset) return connection.reset_connection();
  if (rules_.surplus == Surplus::closed) return connection.shut();
  connection.close_after_handshake();
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
  return make_http1_session(host, sink_, rules_);
}

void Listener::forget(Connection& connection) {
  --counters_.connections_open;
  turned_away_.erase(&connection);
  connections_.erase(&connection);
  if (pausing_ && !is_full()) set_rules(rules_);
}

}  // namespace sesam::simulator
