// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/loop.h"

#include <sys/epoll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "transport/curl/nudge.h"
#include "transport/curl/receiving.h"
#include "transport/curl/turned_away.h"
#include "transport/loggable.h"

namespace sesam::transport::curl {
namespace {

// How many requests to send in one turn. Few if few are waiting: requests that leave together return together
// and meet as a convoy on this thread again (64 callers at 5 ms: 0.92 of what the delay allows with 4, 0.87
// with 16). More if many are waiting, because each turn has a cost. Above 16, the median latency of 256
// callers rose by 5.6 ms.
constexpr unsigned kSmallBatch = 4;
constexpr unsigned kLargeBatch = 16;
constexpr unsigned kTurnsForABacklog = 3;
// How long to sleep if epoll does not watch every descriptor.
constexpr int kLookAgainMs = 10;
// The program may close our descriptors while this thread sleeps, and then nothing wakes it. After a sleep of
// at least Handoff::kPause, the thread checks whether they are still there. While requests are in flight, it
// sleeps no longer than kMaxSleepMs.
constexpr int kMaxSleepMs = 250;
constexpr int kMaxIdleSleepMs = 60'000;

// A time-out starts before its request is sent, so it suffices if half of it has passed since the sending.
constexpr Clock::duration kUnresponsiveAfter = std::chrono::seconds(1);

// A healthy device in the same network completes a handshake in less time.
constexpr long kShortestTryMs = 100;

unsigned batch_of(const Lane& lane) noexcept {
  return std::clamp(lane.admission.waiting() / kTurnsForABacklog, kSmallBatch, kLargeBatch);
}

// Whether `when` is in the second half of the wait, not just after the request was sent: what arrived at the
// beginning of the wait may be the last that ever arrived.
bool is_late_in_wait(Clock::time_point when, const Easy& easy) noexcept {
  return when - easy.sent_at > (Clock::now() - easy.sent_at) / 2;
}

// The request got no reply, but others did. Parts of replies do not count: a node that sends all replies too
// slowly is of no use to any caller.
bool answers_others(const Lane& lane, const Easy& easy) noexcept {
  return is_late_in_wait(lane.replied_at, easy);
}

}  // namespace

Loop::Loop(const Workplace& workplace)
    : work_(workplace),
      handoff_(workplace.handoff),
      poller_(workplace.poller),
      sockets_(workplace.sockets),
      connections_(workplace),
      easies_(workplace.options, workplace.passwords, connections_),
      multi_(workplace.options, Connections::on_interest, &connections_) {
  for (std::size_t endpoint = 0; endpoint < workplace.options.urls.size(); ++endpoint)
    lanes_.push_back(std::make_unique<Lane>(endpoint, workplace.options));
}

Loop::~Loop() = default;

void Loop::run() noexcept {
  while (!handoff_.must_stop()) {
    sleep();
    if (has_lost_descriptors_) break;
    serve_sockets();
    reap();
    handoff_.publish();  // before new work, so that the callers' threads run in parallel
    if (has_lost_descriptors_) break;
    receive(handoff_.collect());
    expire();
    admit();
    reap();
    read_on();
    handoff_.publish();
    if (has_lost_descriptors_) break;
  }
  if (has_lost_descriptors_ || !descriptors_are_ours())
    abandon();
  else
    stop();
}

void Loop::sleep() noexcept {
  poller_.apply();
  const bool must_look_again = give_up_unwatched();
  work_.guard.before_wait();
  // First poll without announcing that this thread sleeps: as long as there is work, callers need not ring.
  // With 64 callers, this takes 1 wake-up per 2,000 requests instead of 1 per 100.
  poller_.wait(0);
  bool must_check = poller_.has_failed();
  if (!poller_.found_something() && handoff_.about_to_sleep()) {
    const auto since = Clock::now();
    const int most_ms = sleep_ms(since);
    if (is_idle()) handoff_.be_idle_since(since);
    poller_.wait(must_look_again ? std::min(most_ms, kLookAgainMs) : most_ms);
    must_check = poller_.has_failed() || Clock::now() - since >= Handoff::kPause;
  }
  work_.guard.after_wait();
  handoff_.awake();
  if (handoff_.closed_for() != Failure::none || (must_check && !descriptors_are_ours()))
    has_lost_descriptors_ = true;
}

bool Loop::is_idle() const noexcept {
  return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->active.empty(); });
}

int Loop::sleep_ms(Clock::time_point now) noexcept {
  auto until = std::min({multi_.timer(), work_.metrics.next_event(now), rests_.next_event()});
  for (const auto& lane : lanes_) {
    if (lane->admission.has_next()) return 0;
    until = std::min({until, lane->admission.next_event(), next_slow_handshake(*lane)});
  }
  const int most = is_idle() ? kMaxIdleSleepMs : kMaxSleepMs;
  if (until == kNever) return most;
  // Rounded up: waking up shortly before a timer is due would spin.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, most));
}

void Loop::serve_sockets() noexcept {
  // Must come first: the calls below close connections, and their numbers may then belong to other files.
  for (const int fd : poller_.hung_up()) connections_.bury(fd);
  for (const auto& ready : poller_.ready()) {
    int events = (ready.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
    if (ready.events == EPOLLIN && nudge_lane_of(ready.fd)) continue;
    if ((ready.events & EPOLLOUT) != 0) events |= CURL_CSELECT_OUT;
    if ((ready.events & (EPOLLERR | EPOLLHUP)) != 0) events |= CURL_CSELECT_ERR;
    multi_.serve(ready.fd, events);
  }
  multi_.tick();
  resume_lost_connections();
}

void Loop::resume_lost_connections() noexcept {
  while (const auto lost = connections_.take_lost()) resume_unsent(*lanes_[lost->endpoint]);
}

// false: libcurl has to visit every transfer on this socket.
bool Loop::nudge_lane_of(int fd) noexcept {
  const auto endpoint = sockets_.endpoint_of(fd);
  return endpoint && nudge(*lanes_[*endpoint], fd, sockets_);
}

// libcurl 8.22 makes OpenSSL read ahead. A transfer that ends may leave data for others in OpenSSL's buffer,
// which no descriptor reports. So the last transfer to read must be one that continues.
void Loop::read_on() noexcept {
  for (const auto& lane : lanes_)
    while (const Easy* const easy = has_lost_descriptors_ ? nullptr : curl::read_on(*lane, sockets_)) {
      multi_.tick();
      reap();
      if (is_reading(*lane, *easy)) break;
    }
}

void Loop::reap() noexcept {
  while (const auto ended = multi_.take_ended()) finish(*ended->easy, ended->code);
}

void Loop::receive(Call* calls) noexcept {
  while (calls != nullptr) {
    Call& call = *std::exchange(calls, calls->next);
    if (call.is_rest) {
      rests_.add(call);
      continue;
    }
    if (call.endpoint >= lanes_.size()) {
      handoff_.fail(call, Failure::bad_url, "no such endpoint");
      continue;
    }
    Lane& lane = *lanes_[call.endpoint];
    if (lane.urls.complaint().empty())
      lane.admission.arrive(call);
    else
      handoff_.fail(call, Failure::bad_url, lane.urls.complaint());
  }
}

void Loop::expire() noexcept {
  const auto now = Clock::now();
  work_.metrics.tick(now);
  handoff_.fail_all(rests_.take_due(now), Failure::none, {});
  for (auto& lane : lanes_) {
    auto& admission = lane->admission;
    end_slow_handshakes(*lane, now);
    admission.watch(lane->unsent, lane->unsent == 0 ? 0 : standing_connections(*lane, sockets_), now);
    if (now < admission.next_event()) continue;
    admission.tick(now);
    Call* expired = admission.take_expired(now);
    if (expired == nullptr) continue;
    if (admission.is_up())
      handoff_.fail_all(expired, Failure::queue_timed_out,
                        "deadline exceeded before the request could be sent");
    else
      handoff_.fail_all(expired, Failure::connect_timed_out, "deadline exceeded while connecting");
  }
}

void Loop::admit() noexcept {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[(first_lane_ + i) % lanes_.size()];
    unsigned most = batch_of(lane);
    // A scout over an existing connection opens the gate at once, hence the loop.
    while (most != 0 && lane.admission.has_next()) {
      const unsigned added = hand_over(lane, most);
      kick(lane, added);
      most -= std::min(most, std::max(added, 1U));
    }
  }
  first_lane_ = lanes_.empty() ? 0 : (first_lane_ + 1) % lanes_.size();
}

unsigned Loop::hand_over(Lane& lane, unsigned most) noexcept {
  unsigned added = 0;
  while (added < most) {
    Call* call = lane.admission.next();
    if (call == nullptr) break;
    if (start(lane, *call)) ++added;
  }
  return added;
}

bool Loop::start(Lane& lane, Call& call) noexcept {
  Failure why_not = Failure::none;
  Easy* easy = easies_.take(call, lane, Clock::now(), why_not);
  if (easy == nullptr) {
    lane.admission.leave(call);
    handoff_.fail(call, why_not, why_not == Failure::bad_url ? "the URL cannot be parsed" : "");
    return false;
  }
  lane.put_on_wire(*easy);
  counts_.requests[call.operation].add();
  counts_.in_flight.up();
  work_.metrics.changed();
  const CURLMcode code = multi_.add(*easy);
  if (code != CURLM_OK) {
    retire(*easy);
    handoff_.fail(call, code == CURLM_OUT_OF_MEMORY ? Failure::out_of_memory : Failure::other,
                  curl_multi_strerror(code));
    return false;
  }
  return true;
}

// Makes libcurl send the requests that were added.
void Loop::kick(Lane& lane, unsigned added) noexcept {
  if (added == 0) return;
  share_connections();  // here, because libcurl accepts no settings from within its callbacks
  // Corked, the requests of this turn leave in full segments (0.52 to 0.65 of the CPU time); for a single
  // request, it would cost 19 µs.
  std::optional<Cork> cork;
  if (added > 1 && lane.admission.shape() == Admission::Shape::streams)
    cork.emplace(sockets_.only_socket_of(lane.index));
  multi_.begin();
  if (lane.unsent != 0) lane.admission.kept_waiting(lane.unsent, Clock::now());
}

// Takes the call back from libcurl.
Call& Loop::retire(Easy& easy) noexcept {
  Call& call = *easy.call;
  multi_.remove(easy);
  counts_.in_flight.down();
  work_.metrics.changed();
  easy.lane->take_off_wire(easy);
  easy.lane->admission.leave(call);
  easies_.give_back(easy);
  return call;
}

void Loop::finish(Easy& easy, CURLcode code) noexcept {
  if (code != CURLE_OK && !descriptors_are_ours()) {
    has_lost_descriptors_ = true;  // abandon() fails its call
    return;
  }
  Lane& lane = *easy.lane;
  Call& call = *easy.call;
  lane.moved = true;
  Evidence evidence;
  if (code == CURLE_OK) {
    const auto heard_at = read_reply(easy);
    counts_.durations[call.operation].add(heard_at - easy.sent_at);
    if (!lane.admission.is_open()) lane.admission.answered(call, shape_of(easy));
    lane.ever_answered = true;
    lane.replied_at = heard_at;
    lane.admission.replied(call, easy.fresh, heard_at);
  } else {
    evidence = read_failure(easy, code);
    if (evidence.sent) connections_.bury_if_ended(easy);
    call.failure = is_of_the_connect(evidence) ? failure_of_handshake(lane, evidence) : failure_of(evidence);
  }
  const bool own_deadline = easy.own_deadline && code == CURLE_OPERATION_TIMEDOUT;
  const bool goes_back = code != CURLE_OK && !own_deadline && meets_limit(lane, easy, evidence, sockets_);
  report_limit(lane, lanes_, work_);
  if (goes_back) return send_back(easy);
  call.server_answers_others = evidence.sent && answers_others(lane, easy);
  if (code == CURLE_OPERATION_TIMEDOUT && evidence.sent) close_unresponsive(lane, easy);
  retire(easy);
  if (code != CURLE_OK && is_of_the_connect(evidence)) {
    if (own_deadline)
      pass_over_address(lane, easy, call);
    else
      fail_together(lane, call);
  }
  handoff_.complete(call);
}

void Loop::send_back(Easy& easy) noexcept {
  Lane& lane = *easy.lane;
  Call& call = retire(easy);
  call.sent.store(false, std::memory_order_relaxed);
  call.may_have_acted = false;
  call.discard_reply();
  call.message.clear();
  lane.admission.come_back(call);
}

void Loop::end_slow_handshakes(Lane& lane, Clock::time_point now) noexcept {
  lane.looked_at = now;
  if (lane.unsent == 0 || lane.admission.shape() != Admission::Shape::connections) return;
  const bool others_idle = lane.active.size() == lane.unsent && standing_connections(lane, sockets_) != 0;
  for (std::size_t i = lane.active.size(); i-- > 0;) {
    Easy& easy = *lane.active[i];
    if (!is_slow_handshake(lane, easy, now, others_idle)) continue;
    easy.call->failure = Failure::connect_timed_out;
    if (meets_limit(lane, easy, {}, sockets_)) send_back(easy);
  }
  report_limit(lane, lanes_, work_);
}

// A connection is dead if its requests time out and nothing has arrived for others since: the peer has
// vanished, or a firewall has dropped its state. libcurl would continue to use it. A request that had only a
// few milliseconds before its deadline proves nothing about the connection.
void Loop::close_unresponsive(const Lane& lane, const Easy& easy) noexcept {
  const auto enough = std::min<Clock::duration>(std::chrono::milliseconds(work_.options.request_timeout_ms),
                                                kUnresponsiveAfter) /
                      2;
  if (is_late_in_wait(lane.heard_others_at(easy), easy) || Clock::now() - easy.sent_at < enough) return;
  const int fd = sockets_.only_socket_of(lane.index);
  if (fd == -1) return;
  work_.log.write(LogLevel::connections, {"no response from ", lane.urls.base(), "; closing the connection"});
  connections_.bury(fd);
  multi_.serve(fd, CURL_CSELECT_IN);
}

// A connection that epoll does not watch (out of memory or of watches) would never be served, so its requests
// fail now. true: there are such descriptors, so do not rely on being woken.
bool Loop::give_up_unwatched() noexcept {
  bool some = false;
  while (const auto unwatched = poller_.take_unwatched()) {
    some = true;
    const auto endpoint = sockets_.endpoint_of(unwatched->fd);
    char space[128];
    work_.log.write(LogLevel::failures,
                    {"cannot watch a descriptor", endpoint ? " of the connection to " : "",
                     endpoint ? std::string_view(lanes_[*endpoint]->urls.base()) : std::string_view(),
                     " (epoll_ctl): ", strerror_r(unwatched->error, space, sizeof space)});
    if (!endpoint) continue;  // libcurl serves its own descriptors by timer
    connections_.bury(unwatched->fd);
    multi_.serve(unwatched->fd, CURL_CSELECT_IN);
  }
  return some;
}

// The connection was not established within the call's own deadline, which proves nothing to calls that have
// more time: they keep waiting. But the next call tries the next address, or none would ever reach it.
void Loop::pass_over_address(Lane& lane, const Easy& easy, Call& call) noexcept {
  lane.must_resolve_anew = true;
  if (lane.active.size() > lane.unsent) return;  // other connections are up
  if (easy.connect_timeout_ms < kShortestTryMs) return;
  const bool is_in_use = easy.connect_to == lane.addresses.in_use();
  call.has_another_address = !is_in_use || lane.addresses.failed_in_haste();
}

// The connection failed: all calls that wait for it would fail the same way, one after another, so they fail
// now. All of them may be retried at the node's next address.
void Loop::fail_together(Lane& lane, Call& cause) noexcept {
  work_.log.write(LogLevel::connections,
                  {"no connection to ", lane.urls.base(), ": ", loggable(cause.failure, cause.message)});
  lane.must_resolve_anew = true;
  if (lane.admission.shape() == Admission::Shape::connections && lane.active.size() > lane.unsent)
    return;  // other connections are up
  cause.has_another_address = lane.addresses.failed();
  const auto fail_like_it = [&](Call& call) {
    call.has_another_address = cause.has_another_address;
    handoff_.fail(call, cause.failure, cause.message);
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

void Loop::stop() noexcept {
  receive(handoff_.close(Failure::stopped));
  handoff_.fail_all(rests_.take_all(), Failure::stopped, {});
  for (auto& lane : lanes_) {
    handoff_.fail_all(lane->admission.take_all(), Failure::stopped, "the pipeline was stopped");
    while (!lane->active.empty()) {
      Easy& easy = *lane->active.back();
      Call& call = retire(easy);
      call.may_have_acted = call.sent.load(std::memory_order_relaxed);
      handoff_.fail(call, Failure::stopped, "the pipeline was stopped");
    }
  }
  handoff_.publish();
}

// Leaves libcurl's transfers as they are: to end one, libcurl would close a connection and send TLS's
// close_notify to whatever file has its number now.
void Loop::abandon() noexcept {
  has_lost_descriptors_ = true;
  handoff_.fail_all(handoff_.close(Failure::descriptors_closed), Failure::descriptors_closed,
                    kDescriptorsClosed);
  handoff_.fail_all(rests_.take_all(), Failure::descriptors_closed, {});
  for (auto& lane : lanes_) {
    handoff_.fail_all(lane->admission.take_all(), Failure::descriptors_closed, kDescriptorsClosed);
    for (const Easy* easy : lane->active) {
      easy->call->may_have_acted = easy->call->sent.load(std::memory_order_relaxed);
      handoff_.fail(*easy->call, Failure::descriptors_closed, kDescriptorsClosed);
      counts_.in_flight.down();
    }
    lane->active.clear();
  }
  connections_.abandon();
  handoff_.publish();
}

void Loop::keep_if_descriptors_are_lost(std::unique_ptr<Loop> loop) noexcept {
  static constinit std::atomic<Loop*> kept{nullptr};
  if (!loop->has_lost_descriptors_) return;
  Loop* const one = loop.release();
  one->next_kept_ = kept.load(std::memory_order_relaxed);
  while (!kept.compare_exchange_weak(one->next_kept_, one, std::memory_order_relaxed)) continue;
}

// One connection to an HTTP/2 server, even if it allows fewer streams than we do; several to an HTTP/1.1
// server.
void Loop::share_connections() noexcept {
  const bool several = std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
    return lane->admission.shape() == Admission::Shape::connections;
  });
  multi_.allow_connections(several ? static_cast<long>(work_.options.connections) : 1L);
}

}  // namespace sesam::transport::curl
