// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/nudge.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

#include "transport/curl/easy.h"
#include "transport/curl/tls_session.h"

namespace sesam::transport::curl {
namespace {

// From this number of transfers on one socket, a nudge costs less than a visit to each.
constexpr std::size_t kManyOnOneSocket = 8;

bool let_go_on(const Easy& easy) noexcept {
  const CURLcode paused = curl_easy_pause(easy.handle, CURLPAUSE_SEND);
  return curl_easy_pause(easy.handle, CURLPAUSE_CONT) == CURLE_OK && paused == CURLE_OK;
}

}  // namespace

// When a socket is ready, libcurl visits every transfer on it, with a poll(2) for each: with 256 in flight, 7
// of these for each reply, and a third of this thread's time. A transfer that is resumed reads for all of
// them, and libcurl then visits those that received something. Pausing it has no effect, as it has nothing
// left to send; what counts is that libcurl serves a transfer that was resumed.
bool nudge(Lane& lane, int fd, const Sockets& sockets) noexcept {
  if (!lane.admission.is_open() || lane.admission.shape() != Admission::Shape::streams) return false;
  if (lane.active.size() < kManyOnOneSocket || sockets.only_socket_of(lane.index) != fd) return false;
  const Easy& easy = *lane.active.front();
  if (!easy.call->sent.load(std::memory_order_relaxed)) return false;
  if (!std::exchange(lane.moved, false)) {  // the last nudge had no effect: this transfer may not be reading
    lane.moved = true;
    return false;
  }
  return let_go_on(easy);
}

// Over HTTP/1.1, each connection has a single transfer.
Easy* read_on(const Lane& lane, const Sockets& sockets) noexcept {
  if (lane.admission.shape() != Admission::Shape::streams) return nullptr;
  const bool share_one_socket = sockets.only_socket_of(lane.index) != -1;
  for (Easy* const easy : lane.active) {
    const SSL* const tls = tls_of(easy->handle);
    if (tls == nullptr || !easy->call->sent.load(std::memory_order_relaxed)) continue;
    if (SSL_has_pending(tls) == 1) return let_go_on(*easy) ? easy : nullptr;
    if (share_one_socket) break;
  }
  return nullptr;
}

bool is_reading(const Lane& lane, const Easy& easy) noexcept {
  return std::ranges::find(lane.active, &easy) != lane.active.end() && tls_of(easy.handle) != nullptr;
}

// When the first of several addresses times out, libcurl 7.88 closes its socket, without close_socket, and
// waits for its timer or for a socket before it tries the next address. Neither occurs until the time is up
// for all addresses.
void resume_unsent(const Lane& lane) noexcept {
  for (const Easy* easy : lane.active)
    if (!easy->call->sent.load(std::memory_order_relaxed)) static_cast<void>(let_go_on(*easy));
}

}  // namespace sesam::transport::curl
