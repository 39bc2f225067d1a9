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
  stalled,         // half of the body, then nothing more of it
  silent,          // nothing, on the whole connection, from now on: half-open
  reset,           // TCP RST
  refused_stream,  // HTTP/2: RST_STREAM(REFUSED_STREAM); HTTP/1.1: closed without a word
  goaway,          // answered, then GOAWAY, and closed when the open streams are done
  goaway_hard,     // HTTP/2: GOAWAY that disowns this stream, closed at once; HTTP/1.1: closed without a word
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of `body`: a listing is not copied
  std::vector<std::pair<std::string, std::string>>
      headers;  // besides content-type and content-length; lower case
  Ending ending = Ending::complete;

  std::string_view content() const {
    return shared_body ? std::string_view(*shared_body) : std::string_view(body);
  }
};

class Exchange;
using ExchangePtr = std::shared_ptr<Exchange>;

// Where an exchange came from: an HTTP/1.1 or HTTP/2 session.
class Origin {
 public:
  virtual void answer(Exchange& exchange, Reply reply) = 0;

 protected:
  ~Origin() = default;
};

// One request and, some time, its reply. Lives on the I/O thread; a core's thread may hold it but not touch
// it.
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
  // At most once; after abandon() it does nothing.
  void answer(Reply reply) {
    settle();
    if (Origin* origin = std::exchange(origin_, nullptr)) origin->answer(*this, std::move(reply));
  }
  // The stream or the connection is gone.
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
