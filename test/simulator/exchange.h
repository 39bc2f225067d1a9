// SPDX-License-Identifier: Apache-2.0
// One HTTP request and its reply, between a session and the device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "counters.h"

namespace sesam::simulator {

struct Request {
  std::string method;
  std::string target;
  std::string authorization;
  std::string body;
  bool body_too_large = false;  // over 1 MiB; the body is dropped
};

// How an exchange ends. All but the first are faults; see faults.cc.
enum class Ending {
  complete,
  truncated,       // half of the body, then the connection is closed
  stalled,         // half of the body; the rest is never sent
  silent,          // no more output on the whole connection, which stays half-open
  reset,           // TCP RST
  refused_stream,  // HTTP/2: RST_STREAM(REFUSED_STREAM); HTTP/1.1: closed without a reply
  goaway,          // answered, with GOAWAY; closed when the open streams have ended
  goaway_hard,     // HTTP/2: GOAWAY that excludes this stream, then closed; HTTP/1.1: closed without a reply
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of `body`, so that a listing is not copied
  std::vector<std::pair<std::string, std::string>>
      headers;  // besides content-type and content-length; lower case
  Ending ending = Ending::complete;

  std::string_view content() const {
    return shared_body ? std::string_view(*shared_body) : std::string_view(body);
  }
};

class Exchange;
using ExchangePtr = std::shared_ptr<Exchange>;

// The session that an exchange belongs to, HTTP/1.1 or HTTP/2.
class Origin {
 public:
  virtual void answer(Exchange& exchange, Reply reply) = 0;

 protected:
  ~Origin() = default;
};

// One request and, later, its reply. Belongs to the I/O
// thread; a core's thread may hold it but must not access it.
class Exchange {
 public:
  Exchange(Origin* origin, std::int32_t stream_id) : stream_id_(stream_id), origin_(origin) {}
  ~Exchange() { settle(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Request request;

  std::int32_t stream_id() const { return stream_id_; }
  void count_in(Gauge& gauge) {
    gauge_ = &gauge;
    gauge.enter();
  }
  // Call at most once. Does nothing after abandon().
  void answer(Reply reply) {
    settle();
    if (Origin* origin = std::exchange(origin_, nullptr)) origin->answer(*this, std::move(reply));
  }
  // The stream or the connection was closed; there is nowhere to send a reply.
  void abandon() {
    settle();
    origin_ = nullptr;
  }

 private:
  void settle() {
    if (Gauge* gauge = std::exchange(gauge_, nullptr)) gauge->leave();
  }

  std::int32_t stream_id_;
  Origin* origin_;
  Gauge* gauge_ = nullptr;
};

}  // namespace sesam::simulator
