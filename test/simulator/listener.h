// SPDX-License-Identifier: Apache-2.0
// A listening socket and the connections that it accepted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "connection.h"
#include "connection_rules.h"
#include "counters.h"
#include "event_loop.h"
#include "openssl_handles.h"
#include "session.h"

namespace sesam::simulator {

// How new connections are handled.
enum class Welcome {
  served,
  refused,  // the port is bound, but not listening
  silence,  // accepted, but nothing is ever sent, not even in the TLS handshake
  reset,    // accepted and reset
};

class Listener final : private FdHandler {
 public:
  // Without `tls`: plain HTTP/1.1, as for the control port. Port 0: any free port. Throws std::system_error.
  Listener(EventLoop& loop, const std::string& address, std::uint16_t port, SSL_CTX* tls, RequestSink sink,
           Counters& counters);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const { return port_; }
  void set_welcome(Welcome welcome);
  // Applies to existing and new connections.
  void set_max_streams(std::uint32_t max_streams);
  // The connection limit applies to new connections, the other rules also to existing ones.
  void set_rules(const ConnectionRules& rules);
  const ConnectionRules& rules() const { return rules_; }
  // Applies to connections that are accepted later.
  void set_tls(SSL_CTX* tls) { tls_ = tls; }
  template <typename Do>
  void for_each_connection(Do what) {
    for (const auto& [connection, owned] : connections_) what(*connection);
  }

  // Called by connections.
  std::unique_ptr<Session> make_session(SessionHost& host, SSL* tls);
  void forget(Connection& connection);

 private:
  void on_events(std::uint32_t epoll_events) override;
  void accept_all();
  void welcome(Connection& connection);
  void turn_away(Connection& connection);
  bool is_full() const;

  EventLoop& loop_;
  SSL_CTX* tls_;
  RequestSink sink_;
  Counters& counters_;
  std::string address_;
  Welcome welcome_ = Welcome::served;
  std::uint32_t max_streams_ = 256;
  ConnectionRules rules_;
  bool pausing_ = false;  // limit reached: new connections wait in the backlog
  std::unordered_set<const Connection*> turned_away_;
  int fd_;
  std::uint16_t port_ = 0;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

}  // namespace sesam::simulator
