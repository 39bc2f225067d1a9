// SPDX-License-Identifier: Apache-2.0
// The server side of HTTP/1.1 on one connection.
#pragma once

#include <http_parser.h>

#include <deque>
#include <optional>

#include "session.h"

namespace sesam::simulator {

// HTTP/1.1 with keep-alive; pipelined requests are processed
// concurrently and answered in order (RFC 9112, section 9.3.2).
class Http1Session final : public Session, private Origin {
 public:
  Http1Session(SessionHost& host, const RequestSink& sink, const ConnectionRules& rules);
  ~Http1Session() override;
  Http1Session(const Http1Session&) = delete;
  Http1Session& operator=(const Http1Session&) = delete;

  void receive(std::string_view bytes) override;
  void produce(std::string& out, std::size_t limit) override;
  bool done() const override { return closing_ && pending_.empty() && sent_ == current_.content().size(); }
  bool idle() const override { return !reading_ && pending_.empty() && sent_ == current_.content().size(); }
  void go_away() override;

 private:
  struct Pending {
    ExchangePtr exchange;
    std::optional<Reply> reply;
    bool keep_alive;
  };

  void answer(Exchange& exchange, Reply reply) override;
  void start_next_reply(std::string& out);
  std::string head_of(const Reply& reply, bool keep_alive) const;
  bool apply_ending(const Pending& pending);
  void drop_pending();

  void begin_message();
  void end_of_headers();
  void header_value(std::string_view bytes);
  void body(std::string_view bytes);
  void end_of_message();
  static http_parser_settings make_settings();

  SessionHost& host_;
  const RequestSink& sink_;
  const ConnectionRules& rules_;
  std::uint32_t requests_ = 0;
  http_parser parser_{};
  bool closing_ = false;  // no further request is read

  ExchangePtr reading_;
  std::string header_name_;
  bool expects_continue_ = false;
  bool reading_value_ = false;
  std::string continue_line_;

  std::deque<Pending> pending_;
  Reply current_;  // being sent
  std::size_t sent_ = 0;
  std::size_t send_end_ = 0;
};

}  // namespace sesam::simulator
