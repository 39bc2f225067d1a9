// SPDX-License-Identifier: Apache-2.0
// The protocol of one connection: the common interface of HTTP/1.1 and HTTP/2.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connection_rules.h"
#include "exchange.h"

namespace sesam::simulator {

// Larger request bodies are refused.
constexpr std::size_t kMaxBodyBytes = 1024 * 1024;

// Handles requests: the device or the control port.
using RequestSink = std::function<void(const ExchangePtr&)>;

// What a session can request from its connection.
class SessionHost {
 public:
  virtual void wants_flush() = 0;        // produce() will be called at the end of this turn
  virtual void reset_connection() = 0;   // TCP RST at the end of this turn
  virtual void close_after_flush() = 0;  // even if other requests are in progress
  virtual void fall_silent() = 0;        // stops reading and writing, without closing

 protected:
  ~SessionHost() = default;
};

// The protocol of one HTTP connection, without the transport of its bytes.
class Session {
 public:
  virtual ~Session() = default;
  virtual void receive(std::string_view bytes) = 0;
  // Appends output that is ready to be sent, about `limit` bytes at most.
  virtual void produce(std::string& out, std::size_t limit) = 0;
  // True if nothing more will be received or produced.
  virtual bool done() const = 0;
  // HTTP/1.1: true if no request is in progress.
  virtual bool idle() const { return false; }
  // Ends the connection gracefully: requests in progress are answered, then done() is true.
  virtual void go_away() = 0;
  // HTTP/2: sends SETTINGS_MAX_CONCURRENT_STREAMS again.
  virtual void change_max_streams(std::uint32_t) {}
};

std::unique_ptr<Session> make_http1_session(SessionHost& host, const RequestSink& sink,
                                            const ConnectionRules& rules);
// `max_streams`: SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, 6.5.2).
std::unique_ptr<Session> make_http2_session(SessionHost& host, const RequestSink& sink,
                                            std::uint32_t max_streams);

}  // namespace sesam::simulator
