// SPDX-License-Identifier: Apache-2.0
// A server of HTTP/1.1 that allows fewer connections than we make: what it turns away waits for a place.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "transport/curl/loop.h"

namespace sesam::transport::curl {
namespace {

using namespace std::chrono_literals;

// A connection beyond the limit may be left unaccepted. A handshake under load takes longer than one alone.
constexpr Clock::duration kShortestPatience = 500ms;
constexpr int kPatienceInHandshakes = 4;
constexpr unsigned kRepeatedHandshakes = 2;

Clock::duration patience_of(const Lane& lane) noexcept {
  return std::max(kShortestPatience, kPatienceInHandshakes * lane.last_handshake);
}

bool is_in_handshake(const Easy& easy) noexcept {
  return easy.fresh && !easy.call->sent.load(std::memory_order_relaxed);
}

bool is_of_the_connection(Failure failure) noexcept {
  return failure == Failure::cannot_connect || failure == Failure::connect_timed_out ||
         failure == Failure::connection_lost;
}

}  // namespace

// Those that have answered before, in use or idle. libcurl has closed the one of a call that is over: then
// the count is too low by one, which does no harm.
unsigned Loop::standing_connections(const Lane& lane) const noexcept {
  const auto unproven =
      std::count_if(lane.active.begin(), lane.active.end(), [](const Easy* easy) { return easy->fresh; });
  const unsigned sockets = sockets_.count_of(lane.index);
  return sockets - std::min(sockets, static_cast<unsigned>(unproven));
}

// Of what libcurl repeats over a second connection nothing is known.
bool Loop::meets_limit(Lane& lane, const Easy& easy, const Evidence& evidence) noexcept {
  if (!easy.fresh || !is_of_the_connection(easy.call->failure)) return false;
  if (evidence.curl_code == CURLE_ABORTED_BY_CALLBACK) return false;
  if (easy.header_bytes != 0) return false;
  const bool is_one_of_many =
      lane.admission.turned_away(*easy.call, standing_connections(lane), easy.connecting_since, Clock::now());
  return is_one_of_many && (!evidence.sent || easy.call->repeatable);
}

void Loop::send_back(Easy& easy) noexcept {
  Lane& lane = *easy.lane;
  Call& call = retire(easy);
  call.sent.store(false, std::memory_order_relaxed);
  call.may_have_acted = false;
  call.reply.clear();
  call.message.clear();
  lane.admission.come_back(call);
}

// While others are answered, or could be, it is not the way there that is slow.
void Loop::end_slow_handshakes(Lane& lane, Clock::time_point now) noexcept {
  lane.looked_at = now;
  if (lane.unsent == 0 || lane.admission.shape() != Admission::Shape::connections) return;
  const auto patience = patience_of(lane);
  const bool others_idle = lane.active.size() == lane.unsent && standing_connections(lane) != 0;
  for (std::size_t i = lane.active.size(); i-- > 0;) {
    Easy& easy = *lane.active[i];
    if (!is_in_handshake(easy) || now - easy.connecting_since < patience) continue;
    if (lane.heard_at <= easy.connecting_since && !others_idle) continue;
    easy.call->failure = Failure::connect_timed_out;
    if (meets_limit(lane, easy, {})) send_back(easy);
  }
  tell_limit(lane);
}

Clock::time_point Loop::next_slow_handshake(const Lane& lane) const noexcept {
  if (lane.unsent == 0 || lane.admission.shape() != Admission::Shape::connections) return kNever;
  auto next = kNever;
  for (const Easy* easy : lane.active)
    if (const auto end = easy->connecting_since + patience_of(lane);
        is_in_handshake(*easy) && end > lane.looked_at)
      next = std::min(next, end);
  return next;
}

void Loop::tell_limit(Lane& lane) noexcept {
  const unsigned learned = lane.admission.learned_connections();
  if (learned == std::exchange(lane.reported_connections, learned)) return;
  unsigned least = 0;
  for (const auto& one : lanes_)
    if (one->reported_connections != 0 && (least == 0 || one->reported_connections < least))
      least = one->reported_connections;
  counts_.connections_allowed.set(least);
  metrics_.changed();
  if (!log_.wants(LogLevel::connections)) return;
  if (learned == 0)
    report(LogLevel::connections, {lane.urls.base(), " allows all the connections that are wanted again"});
  else
    report(LogLevel::connections,
           {lane.urls.base(), " allows ", std::to_string(learned),
            learned == 1 ? " connection" : " connections", " at a time: further requests wait"});
}

// A server that breaks off each handshake is no server of ours, unless it has answered before: then it
// restarts.
Failure Loop::of_handshake(Lane& lane, const Evidence& evidence) noexcept {
  const Failure failure = failure_of(evidence);
  if (failure != Failure::connection_lost || lane.ever_answered) return failure;
  if (lane.broken_handshakes++ < kRepeatedHandshakes) return failure;
  lane.broken_handshakes = 0;
  return evidence.curl_code == CURLE_COULDNT_CONNECT ? Failure::cannot_connect : Failure::tls_failed;
}

}  // namespace sesam::transport::curl
