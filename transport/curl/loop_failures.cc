// SPDX-License-Identifier: Apache-2.0
// What a failed exchange means for the others: a dead connection, no connection, a call that ends.
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>
#include <utility>

#include "transport/curl/loop.h"
#include "transport/curl/tls_session.h"

namespace sesam::transport::curl {
namespace {

// A time-out runs from before the request is sent, so half of it is what surely has passed since.
constexpr Clock::duration kMuteAfter = std::chrono::seconds(1);

}  // namespace

// What came at the beginning of the wait may be the last that ever came.
bool Loop::answers_others(const Lane& lane, const Easy& easy) noexcept {
  return lane.heard_at - easy.sent_at > (Clock::now() - easy.sent_at) / 2;
}

// Of a connection whose requests time out and that has said nothing since, nothing is to be expected: a peer
// that vanished, or a firewall that forgot it. libcurl would go on to use it. A request that had only the
// last milliseconds before its deadline proves nothing against the others on the connection.
void Loop::abandon_mute(const Lane& lane, const Easy& easy) noexcept {
  const auto enough =
      std::min<Clock::duration>(std::chrono::milliseconds(options_.request_timeout_ms), kMuteAfter) / 2;
  if (answers_others(lane, easy) || Clock::now() - easy.sent_at < enough) return;
  const int fd = sockets_.only_socket_of(lane.index);
  if (fd == -1) return;
  report(LogLevel::connections, {"no answer from ", lane.urls.base(), ": the connection is given up"});
  bury(fd);
  int running = 0;
  curl_multi_socket_action(multi_.get(), fd, CURL_CSELECT_IN, &running);
}

void Loop::bury(int fd) noexcept {
  poller_.renew(fd);
  sockets_.bury(fd);
}

// A new connection: its socket is the one with this port. With GnuTLS, or without memory, it goes unwatched.
void Loop::watch_traffic(const Easy& easy, int local_port) noexcept try {
  SSL* const tls = tls_of(easy.handle);
  const int fd = sockets_.socket_with_port(easy.lane->index, local_port);
  sockets_.note_use(fd);
  if (tls == nullptr || fd == -1) return;
  auto place = std::ranges::find(watched_, -1, [](const auto& one) { return one->fd; });
  if (place == watched_.end()) place = watched_.insert(place, std::make_unique<Watched>());
  **place = {this, easy.lane, fd, {}};
  SSL_set_msg_callback(tls, on_record);
  SSL_set_msg_callback_arg(tls, place->get());
} catch (const std::bad_alloc&) {
  return;
}

// Called from within libcurl, which reads on: the next it reads is the end of the connection. Over HTTP/1.1
// it is not known which request that is.
void Loop::close_flooding(int fd, const Lane& lane) noexcept {
  report(LogLevel::failures, {lane.urls.base(), " sends without end, but no reply; closing the connection"});
  if (lane.admission.shape() != Admission::Shape::connections)
    for (Easy* easy : lane.active)
      if (easy->call->sent.load(std::memory_order_relaxed)) easy->broken_off_for = Failure::flooded;
  bury(fd);
}

// A connection that epoll does not watch (it ran out of memory or of watches) would never be served: its
// requests fail now. true: there are such descriptors, so do not rely on being woken.
bool Loop::give_up_unwatched() noexcept {
  bool some = false;
  while (const auto unwatched = poller_.take_unwatched()) {
    some = true;
    const auto endpoint = sockets_.endpoint_of(unwatched->fd);
    char space[128];
    report(LogLevel::failures,
           {"cannot watch a descriptor", endpoint ? " of the connection to " : "",
            endpoint ? std::string_view(lanes_[*endpoint]->urls.base()) : std::string_view(),
            " (epoll_ctl): ", strerror_r(unwatched->error, space, sizeof space)});
    if (!endpoint) continue;  // libcurl looks after its own by timer
    bury(unwatched->fd);
    int running = 0;
    curl_multi_socket_action(multi_.get(), unwatched->fd, CURL_CSELECT_IN, &running);
  }
  return some;
}

// No connection came about: what waits for it would find the same, one after the other. All of it may be
// tried again at the node's next address.
void Loop::fail_together(Lane& lane, Call& cause) noexcept {
  report(LogLevel::connections, {"no connection to ", lane.urls.base(), ": ", cause.message});
  lane.must_resolve_anew = true;
  if (lane.admission.shape() == Admission::Shape::connections && lane.active.size() > lane.unsent)
    return;  // others stand
  cause.has_another_address = lane.addresses.failed();
  const auto fail_like_it = [&](Call& call) {
    call.has_another_address = cause.has_another_address;
    fail(call, cause.failure, cause.message);
  };
  for (std::size_t i = lane.active.size(); i-- > 0;) {
    Easy& easy = *lane.active[i];
    if (easy.call->sent.load(std::memory_order_relaxed)) continue;
    fail_like_it(retire(easy));
  }
  for (Call* waiting = lane.admission.take_all(); waiting != nullptr;)
    fail_like_it(*std::exchange(waiting, waiting->next));
  lane.admission.connect_failed();
}

// What libcurl has in hand stays there: to end a transfer it would close a connection, with TLS's farewell to
// whatever has its number now.
void Loop::abandon() noexcept {
  has_lost_descriptors_ = true;
  fail_list(handoff_.close(Failure::descriptors_closed), Failure::descriptors_closed, kDescriptorsClosed);
  fail_list(rests_.take_all(), Failure::descriptors_closed, {});
  for (auto& lane : lanes_) {
    fail_list(lane->admission.take_all(), Failure::descriptors_closed, kDescriptorsClosed);
    for (const Easy* easy : lane->active) {
      easy->call->may_have_acted = easy->call->sent.load(std::memory_order_relaxed);
      fail(*easy->call, Failure::descriptors_closed, kDescriptorsClosed);
      counts_.in_flight.down();
    }
    lane->active.clear();
  }
  for (auto left = sockets_.count(); left != 0; --left) counts_.connections_open.down();
  sockets_.close_all();
  handoff_.publish();
}

void Loop::keep_if_descriptors_are_lost(std::unique_ptr<Loop> loop) noexcept {
  static constinit std::atomic<Loop*> kept{nullptr};
  if (!loop->has_lost_descriptors_) return;
  Loop* const one = loop.release();
  one->next_kept_ = kept.load(std::memory_order_relaxed);
  while (!kept.compare_exchange_weak(one->next_kept_, one, std::memory_order_relaxed)) continue;
}

void Loop::fail(Call& call, Failure failure, std::string_view message) noexcept {
  call.failure = failure;
  try {
    call.message = message;
  } catch (const std::bad_alloc&) {
    call.message.clear();
  }
  handoff_.complete(call);
}

void Loop::fail_list(Call* calls, Failure failure, std::string_view message) noexcept {
  while (calls != nullptr) fail(*std::exchange(calls, calls->next), failure, message);
}

}  // namespace sesam::transport::curl
