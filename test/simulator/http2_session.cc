// SPDX-License-Identifier: Apache-2.0
#include "http2_session.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace sesam::simulator {
namespace {

// Large, so that a client never waits for a WINDOW_UPDATE.
constexpr std::uint32_t kStreamWindowBytes = 4 * 1024 * 1024;
constexpr std::int32_t kConnectionWindowBytes = 256 * 1024 * 1024;

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// nghttp2's struct lacks const, although nghttp2 changes nothing.
std::uint8_t* raw(std::string_view text) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
}

nghttp2_nv header(std::string_view name, std::string_view value) {
  return {raw(name), raw(value), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

}  // namespace

std::unique_ptr<Session> make_http2_session(SessionHost& host, const RequestSink& sink,
                                            std::uint32_t max_streams) {
  return std::make_unique<Http2Session>(host, sink, max_streams);
}

nghttp2_session_callbacks* Http2Session::callbacks() {
  static nghttp2_session_callbacks* const kCallbacks = [] {
    nghttp2_session_callbacks* made = nullptr;
    if (nghttp2_session_callbacks_new(&made) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, on_stream_close);
    return made;
  }();
  return kCallbacks;
}

Http2Session::Http2Session(SessionHost& host, const RequestSink& sink, std::uint32_t max_streams)
    : host_(host), sink_(sink) {
  nghttp2_session* session = nullptr;
  if (nghttp2_session_server_new(&session, callbacks(), this) != 0) throw std::bad_alloc();
  session_.reset(session);
  const std::array settings{nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams},
                            nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindowBytes}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindowBytes);
  host_.wants_flush();
}

Http2Session::~Http2Session() {
  for (const auto& [id, stream] : streams_) stream.exchange->abandon();
}

void Http2Session::receive(std::string_view bytes) {
  if (failed_) return;
  const ssize_t result = nghttp2_session_mem_recv(session_.get(), raw(bytes), bytes.size());
  if (result < 0) failed_ = true;
  host_.wants_flush();
}

void Http2Session::produce(std::string& out, std::size_t limit) {
  while (!failed_ && out.size() < limit) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
    if (size < 0) failed_ = true;
    if (size <= 0) return;
    out.append(view(data, static_cast<std::size_t>(size)));
  }
}

bool Http2Session::done() const {
  return failed_ ||
         (nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0);
}

// Sends no advance notice, which RFC 9113, section 6.8 recommends: clients must handle both ways.
void Http2Session::go_away() {
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR, nullptr,
                        0);
  host_.wants_flush();
}

void Http2Session::change_max_streams(std::uint32_t max_streams) {
  const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, &entry, 1);
  host_.wants_flush();
}

int Http2Session::on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* self) {
  auto& me = *static_cast<Http2Session*>(self);
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  const std::int32_t id = frame->hd.stream_id;
  Origin& origin = me;
  me.streams_[id].exchange = std::make_shared<Exchange>(&origin, id);
  return 0;
}

int Http2Session::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name_bytes,
                            std::size_t name_size, const std::uint8_t* value_bytes, std::size_t value_size,
                            std::uint8_t, void* self) {
  auto& me = *static_cast<Http2Session*>(self);
  const auto found = me.streams_.find(frame->hd.stream_id);
  if (found == me.streams_.end()) return 0;
  Request& request = found->second.exchange->request;
  const std::string_view name = view(name_bytes, name_size);
  const std::string_view value = view(value_bytes, value_size);
  if (name == ":method") request.method = value;
  if (name == ":path") request.target = value;
  if (name == "authorization") request.authorization = value;
  return 0;
}

int Http2Session::on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                          std::size_t size, void* self) {
  auto& me = *static_cast<Http2Session*>(self);
  const auto found = me.streams_.find(id);
  if (found == me.streams_.end()) return 0;
  Request& request = found->second.exchange->request;
  if (request.body.size() + size > kMaxBodyBytes) request.body_too_large = true;
  if (request.body_too_large) {
    request.body.clear();
  } else {
    request.body.append(view(data, size));
  }
  return 0;
}

int Http2Session::on_frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
  auto& me = *static_cast<Http2Session*>(self);
  const bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (!may_end || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  const auto found = me.streams_.find(frame->hd.stream_id);
  if (found != me.streams_.end()) me.sink_(ExchangePtr(found->second.exchange));
  return 0;
}

int Http2Session::on_stream_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* self) {
  auto& me = *static_cast<Http2Session*>(self);
  const auto found = me.streams_.find(id);
  if (found == me.streams_.end()) return 0;
  found->second.exchange->abandon();
  me.streams_.erase(found);
  return 0;
}

void Http2Session::answer(Exchange& exchange, Reply reply) {
  const auto found = streams_.find(exchange.stream_id());
  if (found == streams_.end()) return;
  found->second.reply = std::move(reply);
  if (apply_ending(found->first, found->second.reply.ending)) submit(found->first, found->second);
  host_.wants_flush();
}

void Http2Session::submit(std::int32_t id, Stream& stream) {
  stream.status = std::to_string(stream.reply.status);
  stream.length = std::to_string(stream.reply.content().size());
  std::vector<nghttp2_nv> headers{header(":status", stream.status),
                                  header("content-type", stream.reply.content_type),
                                  header("content-length", stream.length)};
  for (const auto& [name, value] : stream.reply.headers) headers.push_back(header(name, value));
  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;  // nodes of an unordered_map do not move
  provider.read_callback = read_body;
  nghttp2_submit_response(session_.get(), id, headers.data(), headers.size(), &provider);
}

// Returns false if there is no response to submit.
bool Http2Session::apply_ending(std::int32_t id, Ending ending) {
  switch (ending) {
    case Ending::complete:
    case Ending::truncated:
    case Ending::stalled:
      return true;
    case Ending::goaway:
      go_away();
      return true;
    case Ending::silent:
      host_.fall_silent();
      return false;
    case Ending::refused_stream:
      nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
      return false;
    case Ending::goaway_hard:
      nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, std::max(0, id - 2), NGHTTP2_INTERNAL_ERROR,
                            nullptr, 0);
      host_.close_after_flush();
      return false;
    case Ending::reset:
      host_.reset_connection();
      return false;
  }
  return true;
}

ssize_t Http2Session::read_body(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source* source, void* self) {
  auto& stream = *static_cast<Stream*>(source->ptr);
  std::string_view content = stream.reply.content();
  const bool truncated = stream.reply.ending == Ending::truncated;
  const bool cut = truncated || stream.reply.ending == Ending::stalled;
  if (cut) content = content.substr(0, content.size() / 2);
  const std::size_t part = std::min(size, content.size() - stream.offset);
  if (cut && part == 0) return NGHTTP2_ERR_DEFERRED;  // the stream never ends
  std::memcpy(buffer, content.data() + stream.offset, part);
  stream.offset += part;
  if (stream.offset == content.size()) {
    if (truncated) static_cast<Http2Session*>(self)->host_.close_after_flush();
    if (!cut) *flags |= NGHTTP2_DATA_FLAG_EOF;
  }
  return static_cast<ssize_t>(part);
}

}  // namespace sesam::simulator
