// SPDX-License-Identifier: Apache-2.0
// The server side of HTTP/2 on one connection.
#pragma once

#include <nghttp2/nghttp2.h>

#include <unordered_map>

#include "openssl_handles.h"
#include "session.h"

namespace sesam::simulator {

// HTTP/2 (RFC 9113) over nghttp2.
class Http2Session final : public Session, private Origin {
 public:
  Http2Session(SessionHost& host, const RequestSink& sink, std::uint32_t max_streams);
  ~Http2Session() override;
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  void receive(std::string_view bytes) override;
  void produce(std::string& out, std::size_t limit) override;
  bool done() const override;
  void go_away() override;
  void change_max_streams(std::uint32_t max_streams) override;

 private:
  struct Stream {
    ExchangePtr exchange;
    Reply reply;
    std::size_t offset = 0;
    std::string status, length;  // nghttp2 does not copy headers: these must outlive the frame
  };

  void answer(Exchange& exchange, Reply reply) override;
  void submit(std::int32_t id, Stream& stream);
  bool apply_ending(std::int32_t id, Ending ending);

  static nghttp2_session_callbacks* callbacks();
  static int on_begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void* self);
  static int on_header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t flags, void* self);
  static int on_data(nghttp2_session* session, std::uint8_t flags, std::int32_t id, const std::uint8_t* data,
                     std::size_t size, void* self);
  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* self);
  static int on_stream_close(nghttp2_session* session, std::int32_t id, std::uint32_t error_code, void* self);
  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* buffer, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* source, void* self);

  SessionHost& host_;
  const RequestSink& sink_;
  bool failed_ = false;
  std::unordered_map<std::int32_t, Stream> streams_;
  std::unique_ptr<nghttp2_session, Freer<&nghttp2_session_del>> session_;  // last: its destructor calls back
};

}  // namespace sesam::simulator
