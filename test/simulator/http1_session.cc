// SPDX-License-Identifier: Apache-2.0
#include "http1_session.h"

#include <strings.h>

#include <algorithm>

namespace sesam::simulator {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::unique_ptr<Session> make_http1_session(SessionHost& host, const RequestSink& sink,
                                            const ConnectionRules& rules) {
  return std::make_unique<Http1Session>(host, sink, rules);
}

Http1Session::Http1Session(SessionHost& host, const RequestSink& sink, const ConnectionRules& rules)
    : host_(host), sink_(sink), rules_(rules) {
  http_parser_init(&parser_, HTTP_REQUEST);
  parser_.data = this;
}

Http1Session::~Http1Session() { drop_pending(); }

void Http1Session::drop_pending() {
  for (const Pending& pending : pending_) pending.exchange->abandon();
  pending_.clear();
}

http_parser_settings Http1Session::make_settings() {
  const auto self = [](http_parser* parser) -> Http1Session& {
    return *static_cast<Http1Session*>(parser->data);
  };
  static const auto of = self;
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_message_begin = [](http_parser* p) { return of(p).begin_message(), 0; };
  settings.on_url = [](http_parser* p, const char* at, std::size_t size) {
    of(p).reading_->request.target.append(at, size);
    return 0;
  };
  settings.on_header_field = [](http_parser* p, const char* at, std::size_t size) {
    if (std::exchange(of(p).reading_value_, false)) of(p).header_name_.clear();
    of(p).header_name_.append(at, size);
    return 0;
  };
  settings.on_header_value = [](http_parser* p, const char* at, std::size_t size) {
    return of(p).header_value({at, size}), 0;
  };
  settings.on_headers_complete = [](http_parser* p) { return of(p).end_of_headers(), 0; };
  settings.on_body = [](http_parser* p, const char* at, std::size_t size) {
    return of(p).body({at, size}), 0;
  };
  settings.on_message_complete = [](http_parser* p) { return of(p).end_of_message(), 0; };
  return settings;
}

void Http1Session::receive(std::string_view bytes) {
  static const http_parser_settings kSettings = make_settings();
  if (closing_) return;
  http_parser_execute(&parser_, &kSettings, bytes.data(), bytes.size());
  // After the last message of a connection the parser rejects further input; that is not an error here.
  if (HTTP_PARSER_ERRNO(&parser_) != HPE_OK) closing_ = true;
  host_.wants_flush();
}

void Http1Session::begin_message() {
  Origin& origin = *this;
  reading_ = std::make_shared<Exchange>(&origin, 0);
  header_name_.clear();
  reading_value_ = expects_continue_ = false;
}

void Http1Session::header_value(std::string_view bytes) {
  if (!reading_value_ && same_name(header_name_, "expect")) expects_continue_ = true;
  reading_value_ = true;
  if (same_name(header_name_, "authorization")) reading_->request.authorization.append(bytes);
}

void Http1Session::end_of_headers() {
  reading_->request.method = http_method_str(static_cast<http_method>(parser_.method));
  if (expects_continue_ && pending_.empty()) continue_line_ = "HTTP/1.1 100 Continue\r\n\r\n";
}

void Http1Session::body(std::string_view bytes) {
  Request& request = reading_->request;
  if (request.body.size() + bytes.size() > kMaxBodyBytes) request.body_too_large = true;
  if (request.body_too_large) {
    request.body.clear();
  } else {
    request.body.append(bytes);
  }
}

void Http1Session::end_of_message() {
  const bool is_last = rules_.http10 || (rules_.max_requests != 0 && ++requests_ >= rules_.max_requests);
  const bool keep_alive = !is_last && http_should_keep_alive(&parser_) != 0;
  if (!keep_alive) closing_ = true;
  pending_.push_back({reading_, std::nullopt, keep_alive});
  sink_(std::exchange(reading_, nullptr));
}

void Http1Session::answer(Exchange& exchange, Reply reply) {
  const auto asked = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& pending) {
    return pending.exchange.get() == &exchange;
  });
  if (asked != pending_.end()) asked->reply = std::move(reply);
  if (!pending_.empty() && pending_.front().reply) host_.wants_flush();
}

void Http1Session::produce(std::string& out, std::size_t limit) {
  out += std::exchange(continue_line_, {});
  while (out.size() < limit) {
    if (sent_ < send_end_) {
      const std::string_view part =
          current_.content().substr(sent_, std::min(limit - out.size(), send_end_ - sent_));
      out += part;
      sent_ += part.size();
    } else if (current_.ending == Ending::stalled) {
      return;
    } else if (!pending_.empty() && pending_.front().reply) {
      start_next_reply(out);
    } else {
      return;
    }
  }
}

void Http1Session::start_next_reply(std::string& out) {
  Pending pending = std::move(pending_.front());
  pending_.pop_front();
  current_ = std::move(*pending.reply);
  sent_ = send_end_ = current_.content().size();
  if (current_.ending == Ending::goaway) pending.keep_alive = false;
  if (!apply_ending(pending)) return;
  out += head_of(current_, pending.keep_alive);
  sent_ = 0;
  if (current_.ending == Ending::truncated || current_.ending == Ending::stalled) send_end_ /= 2;
  if (!pending.keep_alive) {
    closing_ = true;
    drop_pending();
  }
}

std::string Http1Session::head_of(const Reply& reply, bool keep_alive) const {
  // http_parser has the reason phrases only as a C macro
  // list; clients should ignore them (RFC 9112, section 4).
  std::string head = rules_.http10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  head += std::to_string(reply.status) + (reply.status == 200 ? " OK" : " Status");
  head += "\r\ncontent-type: " + reply.content_type +
          "\r\ncontent-length: " + std::to_string(reply.content().size()) + "\r\n";
  for (const auto& [name, value] : reply.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (keep_alive && rules_.max_requests != 0)
    head += "keep-alive: max=" + std::to_string(rules_.max_requests - requests_) + "\r\n";
  if (!keep_alive && !rules_.http10) head += "connection: close\r\n";
  return head + "\r\n";
}

// The last pending reply gets `connection: close`; without one, the connection is closed.
void Http1Session::go_away() {
  closing_ = true;
  if (!pending_.empty()) pending_.back().keep_alive = false;
  host_.wants_flush();
}

// Returns false if there is nothing to send.
bool Http1Session::apply_ending(const Pending& pending) {
  switch (current_.ending) {
    case Ending::complete:
    case Ending::goaway:
    case Ending::stalled:
      return true;
    case Ending::silent:
      host_.fall_silent();
      return false;
    case Ending::truncated:
      host_.close_after_flush();
      return true;
    case Ending::reset:
      host_.reset_connection();
      return false;
    case Ending::refused_stream:
    case Ending::goaway_hard:
      host_.close_after_flush();
      return false;
  }
  return pending.keep_alive;
}

}  // namespace sesam::simulator
