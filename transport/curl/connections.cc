// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/connections.h"

#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "transport/curl/certificate_ends.h"
#include "transport/curl/tls_session.h"

namespace sesam::transport::curl {
namespace {

// The HTTP version that ALPN (RFC 7301) agreed on, known as soon as the handshake is over.
Admission::Shape negotiated(CURL* handle) noexcept {
  const SSL* const tls = tls_of(handle);
  if (tls == nullptr) return Admission::Shape::unknown;  // the first reply shows it
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

int Connections::on_sending(void* pointer, char*, char*, int, int local_port) noexcept {
  Easy& easy = *static_cast<Easy*>(pointer);
  Lane& lane = *easy.lane;
  // Called again for the same request: the request was lost with its connection, and libcurl is about to
  // repeat it without asking. The new connection remains for other requests.
  if (easy.call->sent.load(std::memory_order_relaxed)) {
    easy.connections->watch_traffic(easy, local_port);
    return CURL_PREREQFUNC_ABORT;
  }
  // libcurl 8.22 does not check whether a connection is alive if it did so within the last second. Nothing
  // can be sent over this one: libcurl will retry over a new connection and call this again.
  if (!easy.fresh && easy.connections->sockets_.is_buried(lane.index, local_port)) return CURL_PREREQFUNC_OK;
  lane.mark_sent(easy);
  if (easy.fresh) {
    easy.connections->watch_traffic(easy, local_port);
    easy.connections->note_certificates(easy);
    lane.addresses.connected();
  }
  if (lane.admission.is_open()) return CURL_PREREQFUNC_OK;
  const auto shape = negotiated(easy.handle);
  lane.admission.connected(*easy.call, shape, easy.fresh, Clock::now());
  if (easy.fresh) {
    lane.last_handshake = easy.sent_at - easy.connecting_since;
    easy.connections->log_.write(LogLevel::connections,
                                 {"connected to ", lane.urls.base(), ", ", name_of(shape)});
  }
  return CURL_PREREQFUNC_OK;
}

curl_socket_t Connections::open_socket(void* pointer, curlsocktype, curl_sockaddr* address) noexcept try {
  Easy& easy = *static_cast<Easy*>(pointer);
  Connections& own = *easy.connections;
  const int fd = own.sockets_.open(address->family, address->socktype, address->protocol, easy.lane->index);
  if (fd == -1) return CURL_SOCKET_BAD;
  own.poller_.forget(fd);  // libcurl may have closed an earlier file with this number itself
  own.counts_.connections_opened.add();
  own.counts_.connections_open.up();
  own.metrics_.changed();
  if (!std::exchange(easy.fresh, true)) easy.connecting_since = Clock::now();
  easy.lane->admission.connecting(*easy.call);
  return fd;
} catch (const std::exception&) {
  return CURL_SOCKET_BAD;
}

void Connections::count_closed() noexcept {
  counts_.connections_open.down();
  metrics_.changed();
}

int Connections::close_socket(void* pointer, curl_socket_t fd) noexcept {
  Connections& own = *static_cast<Connections*>(pointer);
  own.poller_.forget(fd);
  for (const auto& watched : own.watched_)
    if (watched->fd == fd) watched->fd = -1;
  own.sockets_.close(fd);
  own.count_closed();
  return 0;
}

// libcurl closes descriptors that are not our connections (its resolver's socket pair) without calling
// close_socket: the number may belong to another file immediately afterwards.
int Connections::on_interest(CURL*, curl_socket_t fd, int what, void* pointer, void*) noexcept try {
  Connections& own = *static_cast<Connections*>(pointer);
  if (what == CURL_POLL_REMOVE && !own.sockets_.endpoint_of(fd)) {
    own.poller_.forget(fd);
    return 0;
  }
  if (what == CURL_POLL_REMOVE && !own.sockets_.is_in_use(fd)) own.may_have_lost_one_ = true;
  const std::uint32_t events = what == CURL_POLL_IN      ? EPOLLIN
                               : what == CURL_POLL_OUT   ? EPOLLOUT
                               : what == CURL_POLL_INOUT ? EPOLLIN | EPOLLOUT
                                                         : 0;
  own.poller_.want(fd, events);
  return 0;
} catch (const std::exception&) {
  return -1;
}

void Connections::bury(int fd) noexcept {
  poller_.renew(fd);
  sockets_.bury(fd);
}

void Connections::bury_if_ended(const Easy& easy) noexcept {
  long local_port = 0;
  curl_easy_getinfo(easy.handle, CURLINFO_LOCAL_PORT, &local_port);
  const int fd = sockets_.socket_with_port(easy.lane->index, static_cast<int>(local_port));
  if (fd != -1 && Sockets::has_ended(fd)) bury(fd);
}

std::optional<Sockets::Lost> Connections::take_lost() noexcept {
  if (!may_have_lost_one_) return std::nullopt;
  auto lost = sockets_.take_lost();
  if (lost) {
    poller_.forget(lost->fd);
    count_closed();
  } else {
    may_have_lost_one_ = false;
  }
  return lost;
}

void Connections::abandon() noexcept {
  for (auto left = sockets_.count(); left != 0; --left) counts_.connections_open.down();
  sockets_.close_all();
}

// A new connection, whose socket has this port. With GnuTLS, or if memory runs out, it is not watched.
void Connections::watch_traffic(const Easy& easy, int local_port) noexcept try {
  SSL* const tls = tls_of(easy.handle);
  const int fd = sockets_.socket_with_port(easy.lane->index, local_port);
  sockets_.note_use(fd);
  if (tls == nullptr || fd == -1) return;
  auto place = std::ranges::find(watched_, -1, [](const auto& one) { return one->fd; });
  if (place == watched_.end()) place = watched_.insert(place, std::make_unique<Watched>());
  **place = {this, easy.lane, fd, {}, false};
  SSL_set_msg_callback_arg(tls, place->get());
} catch (const std::bad_alloc&) {
  return;
}

// With GnuTLS, the dates remain unknown.
void Connections::note_certificates(const Easy& easy) noexcept {
  const SSL* const tls = tls_of(easy.handle);
  if (tls == nullptr) return;
  metrics::NodeCounts* const node = counts_.of_node(easy.lane->urls.base());
  if (node == nullptr) return;
  const auto ends = certificate_ends(tls);
  if (ends.is_of_chain || node->device_certificate_ends.get() == 0)
    node->device_certificate_ends.set(ends.device);
  node->client_certificate_ends.set(ends.client);
}

void Connections::on_record(int is_written, int, int content_type, const void*, std::size_t, SSL*,
                            void* pointer) {
  if (pointer == nullptr || is_written != 0 || content_type != SSL3_RT_HEADER) return;
  auto& watched = *static_cast<Watched*>(pointer);
  if (watched.fd == -1 || watched.floods) return;
  if (watched.traffic.record_arrived(Clock::now(), watched.lane->heard_at))
    watched.connections->close_flooding(watched);
}

// Called from within libcurl, which continues to read. Over HTTP/1.1, it is not known which request the
// connection serves.
void Connections::close_flooding(Watched& watched) noexcept {
  const Lane& lane = *watched.lane;
  watched.floods = true;
  log_.write(LogLevel::failures,
             {lane.urls.base(), " keeps sending data without completing a reply; closing the connection"});
  if (lane.admission.shape() != Admission::Shape::connections)
    for (Easy* easy : lane.active)
      if (easy->call->sent.load(std::memory_order_relaxed)) easy->broken_off_for = Failure::flooded;
  bury(watched.fd);
}

}  // namespace sesam::transport::curl
