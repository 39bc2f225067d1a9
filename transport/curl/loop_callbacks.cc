// SPDX-License-Identifier: Apache-2.0
// What libcurl calls, on the I/O thread, from within curl_multi_socket_action.
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <exception>
#include <string>
#include <utility>

#include "transport/curl/loop.h"
#include "transport/curl/tls_session.h"

namespace sesam::transport::curl {
namespace {

// Of one reply, trailers included; no device has much to say there.
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

// The HTTP version that ALPN (RFC 7301) agreed on, known as soon as the handshake is over.
Admission::Shape negotiated(CURL* handle) noexcept {
  const SSL* const tls = tls_of(handle);
  if (tls == nullptr) return Admission::Shape::unknown;  // the first reply will tell
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(tls, &protocol, &length);
  const bool is_http2 = length == 2 && protocol[0] == 'h' && protocol[1] == '2';
  return is_http2 ? Admission::Shape::streams : Admission::Shape::connections;
}

const char* name_of(Admission::Shape shape) noexcept {
  switch (shape) {
    case Admission::Shape::streams:
      return "HTTP/2";
    case Admission::Shape::connections:
      return "HTTP/1.1";
    case Admission::Shape::unknown:
      break;
  }
  return "HTTP version not known yet";
}

}  // namespace

std::size_t Loop::on_data(char* bytes, std::size_t size, std::size_t count, void* pointer) noexcept try {
  Easy& easy = *static_cast<Easy*>(pointer);
  const std::size_t length = size * count;
  if (length > easy.call->reply_cap_bytes - easy.call->reply.size()) {
    easy.broken_off_for = Failure::too_large;
    return 0;
  }
  easy.lane->moved = true;
  easy.heard_at = easy.lane->heard_at = Clock::now();
  easy.call->reply.append(bytes, length);
  return length;
} catch (const std::exception&) {
  static_cast<Easy*>(pointer)->broken_off_for = Failure::out_of_memory;
  return 0;
}

// Their bytes are as much a part of the reply as those of the body, and as untrusted.
std::size_t Loop::on_header(char*, std::size_t size, std::size_t count, void* pointer) noexcept {
  Easy& easy = *static_cast<Easy*>(pointer);
  const std::size_t length = size * count;
  easy.header_bytes += length;
  if (easy.header_bytes > kMaxHeaderBytes) {
    easy.broken_off_for = Failure::too_large;
    return 0;
  }
  easy.lane->heard_at = Clock::now();
  return length;
}

int Loop::on_sending(void* pointer, char*, char*, int, int local_port) noexcept {
  Easy& easy = *static_cast<Easy*>(pointer);
  Lane& lane = *easy.lane;
  Loop& loop = *static_cast<Loop*>(easy.owner);
  // A second time for one request: it was lost with its connection, and libcurl would repeat it without
  // asking. The new connection stays for others.
  if (easy.call->sent.load(std::memory_order_relaxed)) {
    loop.watch_traffic(easy, local_port);
    return CURL_PREREQFUNC_ABORT;
  }
  lane.mark_sent(easy);
  if (easy.fresh) {
    loop.watch_traffic(easy, local_port);
    lane.addresses.connected();
  }
  if (lane.admission.is_open()) return CURL_PREREQFUNC_OK;
  const auto shape = negotiated(easy.handle);
  lane.admission.connected(*easy.call, shape, easy.fresh, Clock::now());
  if (easy.fresh) lane.last_handshake = easy.sent_at - easy.connecting_since;
  if (easy.fresh)
    loop.report(LogLevel::connections, {"connected to ", lane.urls.base(), ", ", name_of(shape)});
  return CURL_PREREQFUNC_OK;
}

curl_socket_t Loop::open_socket(void* pointer, curlsocktype, curl_sockaddr* address) noexcept try {
  Easy& easy = *static_cast<Easy*>(pointer);
  Loop& loop = *static_cast<Loop*>(easy.owner);
  const int fd = loop.sockets_.open(address->family, address->socktype, address->protocol, easy.lane->index);
  if (fd == -1) return CURL_SOCKET_BAD;
  loop.poller_.forget(fd);  // what libcurl closed by itself under this number
  loop.counts_.connections_opened.add();
  loop.counts_.connections_open.up();
  loop.metrics_.changed();
  if (!std::exchange(easy.fresh, true)) easy.connecting_since = Clock::now();
  easy.lane->admission.connecting(*easy.call);
  return fd;
} catch (const std::exception&) {
  return CURL_SOCKET_BAD;
}

int Loop::close_socket(void* pointer, curl_socket_t fd) noexcept {
  Loop& loop = *static_cast<Loop*>(pointer);
  loop.poller_.forget(fd);
  for (const auto& watched : loop.watched_)
    if (watched->fd == fd) watched->fd = -1;
  loop.sockets_.close(fd);
  loop.counts_.connections_open.down();
  loop.metrics_.changed();
  return 0;
}

// What libcurl takes back and is no connection of ours (its resolver's socket pair) it closes without
// asking close_socket: the number may be another file's at once.
int Loop::on_interest(CURL*, curl_socket_t fd, int what, void* pointer, void*) noexcept try {
  Loop& loop = *static_cast<Loop*>(pointer);
  if (what == CURL_POLL_REMOVE && !loop.sockets_.endpoint_of(fd)) {
    loop.poller_.forget(fd);
    return 0;
  }
  if (what == CURL_POLL_REMOVE && !loop.sockets_.is_in_use(fd)) loop.has_released_one_ = true;
  const std::uint32_t events = what == CURL_POLL_IN      ? EPOLLIN
                               : what == CURL_POLL_OUT   ? EPOLLOUT
                               : what == CURL_POLL_INOUT ? EPOLLIN | EPOLLOUT
                                                         : 0;
  loop.poller_.want(fd, events);
  return 0;
} catch (const std::exception&) {
  return -1;
}

int Loop::on_timer(CURLM*, long timeout_ms, void* pointer) noexcept {
  static_cast<Loop*>(pointer)->timer_ =
      timeout_ms < 0 ? kNever : Clock::now() + std::chrono::milliseconds(timeout_ms);
  return 0;
}

void Loop::on_record(int is_written, int, int content_type, const void*, std::size_t, SSL*, void* pointer) {
  if (is_written != 0 || content_type != SSL3_RT_HEADER) return;
  auto& watched = *static_cast<Watched*>(pointer);
  if (watched.fd != -1 && watched.traffic.record_arrived(Clock::now(), watched.lane->heard_at))
    watched.loop->close_flooding(watched.fd, *watched.lane);
}

}  // namespace sesam::transport::curl
