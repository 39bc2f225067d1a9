// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/turned_away.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "metrics/counts.h"

namespace sesam::transport::curl {
namespace {

using namespace std::chrono_literals;

// A server may not accept connections beyond its limit. Under load, a handshake takes longer than alone.
constexpr Clock::duration kShortestPatience = 500ms;
constexpr int kPatienceInHandshakes = 4;
constexpr unsigned kRepeatedHandshakes = 2;
constexpr Clock::time_point kNever = Clock::time_point::max();

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

// libcurl has closed the connection of a call that has ended: then the count is one too low, which is
// harmless.
unsigned standing_connections(const Lane& lane, const Sockets& sockets) noexcept {
  const auto unproven =
      std::count_if(lane.active.begin(), lane.active.end(), [](const Easy* easy) { return easy->fresh; });
  const unsigned all = sockets.count_of(lane.index);
  return all - std::min(all, static_cast<unsigned>(unproven));
}

// A request that libcurl would repeat over a second connection is no evidence of a limit.
bool meets_limit(Lane& lane, const Easy& easy, const Evidence& evidence, const Sockets& sockets) noexcept {
  if (!easy.fresh || !is_of_the_connection(easy.call->failure)) return false;
  if (evidence.curl_code == CURLE_ABORTED_BY_CALLBACK) return false;
  if (easy.header_bytes != 0) return false;
  const bool is_one_of_many = lane.admission.turned_away(*easy.call, standing_connections(lane, sockets),
                                                         easy.connecting_since, Clock::now());
  return is_one_of_many && (!evidence.sent || easy.call->repeatable);
}

// If others get replies, or established connections are idle, the network is not the cause.
bool is_slow_handshake(const Lane& lane, const Easy& easy, Clock::time_point now, bool others_idle) noexcept {
  if (!is_in_handshake(easy) || now - easy.connecting_since < patience_of(lane)) return false;
  return lane.heard_at > easy.connecting_since || others_idle;
}

Clock::time_point next_slow_handshake(const Lane& lane) noexcept {
  if (lane.unsent == 0 || lane.admission.shape() != Admission::Shape::connections) return kNever;
  auto next = kNever;
  for (const Easy* easy : lane.active)
    if (const auto end = easy->connecting_since + patience_of(lane);
        is_in_handshake(*easy) && end > lane.looked_at)
      next = std::min(next, end);
  return next;
}

void report_limit(Lane& lane, std::span<const std::unique_ptr<Lane>> lanes,
                  const Workplace& workplace) noexcept {
  const unsigned learned = lane.admission.learned_connections();
  if (learned == std::exchange(lane.reported_connections, learned)) return;
  unsigned least = 0;
  for (const auto& one : lanes)
    if (one->reported_connections != 0 && (least == 0 || one->reported_connections < least))
      least = one->reported_connections;
  metrics::counts().connections_allowed.set(least);
  workplace.metrics.changed();
  if (!workplace.log.wants(LogLevel::connections)) return;
  if (learned == 0)
    workplace.log.write(LogLevel::connections,
                        {lane.urls.base(), " accepts all requested connections again"});
  else
    workplace.log.write(LogLevel::connections,
                        {lane.urls.base(), " allows ", std::to_string(learned),
                         learned == 1 ? " connection" : " connections", " at a time: further requests wait"});
}

// A server that has answered before is restarting.
Failure failure_of_handshake(Lane& lane, const Evidence& evidence) noexcept {
  const Failure failure = failure_of(evidence);
  if (failure != Failure::connection_lost || lane.ever_answered) return failure;
  if (lane.broken_handshakes++ < kRepeatedHandshakes) return failure;
  lane.broken_handshakes = 0;
  return evidence.curl_code == CURLE_COULDNT_CONNECT ? Failure::cannot_connect : Failure::tls_failed;
}

}  // namespace sesam::transport::curl
