// SPDX-License-Identifier: Apache-2.0
#include "transport/curl/loop.h"

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace sesam::transport::curl {
namespace {

// How many requests leave in one turn. Few, where few wait: those that leave together come back together and
// meet as a convoy on this thread again (64 callers at 5 ms: 0.92 of what the delay allows with 4, 0.87 with
// 16). More, where many wait, because a turn has its price; above 16 the median of 256 callers rose by 5.6
// ms.
constexpr unsigned kSmallBatch = 4;
constexpr unsigned kLargeBatch = 16;
constexpr unsigned kTurnsForABacklog = 3;
// From so many transfers on one socket a nudge costs less than a visit to each.
constexpr std::size_t kManyOnOneSocket = 8;
// How long to sleep where epoll does not watch all that it should.
constexpr int kLookAgainMs = 10;
// The program may close descriptors of ours while this thread sleeps, and nothing wakes it then. After a
// sleep as long as kPause it looks whether they are still there; while requests are in flight it sleeps no
// longer than kMaxSleepMs.
constexpr int kMaxSleepMs = 250;
constexpr int kMaxIdleSleepMs = 60'000;

// A call that has a connection made for itself over HTTP/1.1 waits for that, however many others are up.
bool is_connected(const Lane& lane, const Easy& easy) noexcept {
  return lane.admission.is_up() && !(easy.fresh && lane.admission.shape() == Admission::Shape::connections);
}

// Without memory for its words a failure is still the failure.
void set_message(Call& call, const Evidence& evidence) noexcept try {
  call.message = message_of(evidence);
} catch (const std::bad_alloc&) {
  call.message.clear();
}

}  // namespace

Loop::Loop(const Workplace& workplace)
    : options_(workplace.options),
      log_(workplace.log),
      metrics_(workplace.metrics),
      handoff_(workplace.handoff),
      poller_(workplace.poller),
      sockets_(workplace.sockets),
      guard_(workplace.guard),
      easies_(options_, {on_data, on_header, on_sending, open_socket, close_socket, this}),
      multi_(curl_multi_init()) {
  if (!multi_) throw std::bad_alloc();
  for (std::size_t endpoint = 0; endpoint < options_.urls.size(); ++endpoint)
    lanes_.push_back(std::make_unique<Lane>(endpoint, options_));
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_interest);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, static_cast<long>(options_.streams));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS,
                    static_cast<long>(options_.connections * options_.urls.size() + 1));
}

Loop::~Loop() = default;

void Loop::run() noexcept {
  while (!handoff_.must_stop()) {
    sleep();
    if (has_lost_descriptors_) break;
    serve_sockets();
    reap();
    handoff_.publish();  // before new work, so that the callers' threads run beside us
    if (has_lost_descriptors_) break;
    receive(handoff_.collect());
    expire();
    admit();
    reap();
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
  guard_.before_wait();
  // First a look, as one who does not sleep: while there is something to do nobody has to ring. With 64
  // callers 1 wake-up per 2,000 requests, without it 1 per 100.
  poller_.wait(0);
  bool must_check = poller_.has_failed();
  if (!poller_.found_something() && handoff_.about_to_sleep()) {
    const auto since = Clock::now();
    const int most_ms = sleep_ms(since);
    if (is_idle()) handoff_.be_idle_since(since);
    poller_.wait(must_look_again ? std::min(most_ms, kLookAgainMs) : most_ms);
    must_check = poller_.has_failed() || Clock::now() - since >= Handoff::kPause;
  }
  guard_.after_wait();
  handoff_.awake();
  if (handoff_.closed_for() != Failure::none || (must_check && !descriptors_are_ours()))
    has_lost_descriptors_ = true;
}

bool Loop::is_idle() const noexcept {
  return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->active.empty(); });
}

int Loop::sleep_ms(Clock::time_point now) noexcept {
  auto until = std::min({timer_, metrics_.next_event(now), rests_.next_event()});
  for (const auto& lane : lanes_) {
    if (lane->admission.has_next()) return 0;
    until = std::min({until, lane->admission.next_event(), next_slow_handshake(*lane)});
  }
  const int most = is_idle() ? kMaxIdleSleepMs : kMaxSleepMs;
  if (until == kNever) return most;
  // Rounded up: a timer asked for a moment too early would spin.
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, most));
}

void Loop::serve_sockets() noexcept {
  int running = 0;
  // First of all: what follows closes connections, and their numbers may be anybody's then.
  for (const int fd : poller_.hung_up()) bury(fd);
  for (const auto& ready : poller_.ready()) {
    int events = (ready.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0;
    if (ready.events == EPOLLIN && nudge(ready.fd)) continue;
    if ((ready.events & EPOLLOUT) != 0) events |= CURL_CSELECT_OUT;
    if ((ready.events & (EPOLLERR | EPOLLHUP)) != 0) events |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi_.get(), ready.fd, events, &running);
  }
  if (timer_ != kNever && Clock::now() >= timer_) {
    timer_ = kNever;
    curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  }
  if (std::exchange(has_released_one_, false)) find_lost_sockets();
}

// When the first of several addresses has used up its time, libcurl 7.88 closes its socket, without
// close_socket, and waits for its timer, or for a socket, before it tries the next one: there is neither
// until the time is up for all.
void Loop::find_lost_sockets() noexcept {
  while (const auto lost = sockets_.take_lost()) {
    poller_.forget(lost->fd);
    counts_.connections_open.down();
    metrics_.changed();
    for (const Easy* easy : lanes_[lost->endpoint]->active) {
      if (easy->call->sent.load(std::memory_order_relaxed)) continue;
      curl_easy_pause(easy->handle, CURLPAUSE_SEND);
      curl_easy_pause(easy->handle, CURLPAUSE_CONT);
    }
  }
}

// For a socket that is ready libcurl visits every transfer on it, with a poll(2) for each: with 256 in flight
// 7 of those for each reply, and a third of this thread's time. One that is told to go on reads for all of
// them, and libcurl then visits those that something came for. false: all have to be visited.
bool Loop::nudge(int fd) noexcept {
  const auto endpoint = sockets_.endpoint_of(fd);
  if (!endpoint) return false;
  Lane& lane = *lanes_[*endpoint];
  if (!lane.admission.is_open() || lane.admission.shape() != Admission::Shape::streams) return false;
  if (lane.active.size() < kManyOnOneSocket || sockets_.only_socket_of(*endpoint) != fd) return false;
  const Easy& easy = *lane.active.front();
  if (!easy.call->sent.load(std::memory_order_relaxed)) return false;
  if (!std::exchange(lane.moved, false)) {  // nothing came of the last nudge: perhaps this one does not read
    lane.moved = true;
    return false;
  }
  // Of its sending nothing is left to be paused. What counts is that libcurl looks after a transfer that was
  // let go on.
  return curl_easy_pause(easy.handle, CURLPAUSE_SEND) == CURLE_OK &&
         curl_easy_pause(easy.handle, CURLPAUSE_CONT) == CURLE_OK;
}

void Loop::reap() noexcept {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* easy = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &easy);
    finish(*reinterpret_cast<Easy*>(easy), message->data.result);
  }
}

void Loop::receive(Call* calls) noexcept {
  while (calls != nullptr) {
    Call& call = *std::exchange(calls, calls->next);
    if (call.is_rest) {
      rests_.add(call);
      continue;
    }
    if (call.endpoint >= lanes_.size()) {
      fail(call, Failure::bad_url, "no such endpoint");
      continue;
    }
    Lane& lane = *lanes_[call.endpoint];
    if (lane.urls.complaint().empty())
      lane.admission.arrive(call);
    else
      fail(call, Failure::bad_url, lane.urls.complaint());
  }
}

void Loop::expire() noexcept {
  const auto now = Clock::now();
  metrics_.tick(now);
  fail_list(rests_.take_due(now), Failure::none, {});
  for (auto& lane : lanes_) {
    auto& admission = lane->admission;
    end_slow_handshakes(*lane, now);
    admission.watch(lane->unsent, lane->unsent == 0 ? 0 : standing_connections(*lane), now);
    if (now < admission.next_event()) continue;
    admission.tick(now);
    Call* expired = admission.take_expired(now);
    if (expired == nullptr) continue;
    if (admission.is_up())
      fail_list(expired, Failure::queue_timed_out, "the deadline came before the request could be sent");
    else
      fail_list(expired, Failure::connect_timed_out, "the deadline came while the connection was being made");
  }
}

unsigned Loop::batch_of(const Lane& lane) noexcept {
  return std::clamp(lane.admission.waiting() / kTurnsForABacklog, kSmallBatch, kLargeBatch);
}

void Loop::admit() noexcept {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[(first_lane_ + i) % lanes_.size()];
    unsigned most = batch_of(lane);
    // A scout over a connection that stands opens the gate at once, hence the loop.
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
    fail(call, why_not, why_not == Failure::bad_url ? "the URL cannot be parsed" : "");
    return false;
  }
  lane.put_on_wire(*easy);
  counts_.requests[call.operation].add();
  counts_.in_flight.up();
  metrics_.changed();
  const CURLMcode code = curl_multi_add_handle(multi_.get(), easy->handle);
  if (code != CURLM_OK) {
    retire(*easy);
    fail(call, code == CURLM_OUT_OF_MEMORY ? Failure::out_of_memory : Failure::other,
         curl_multi_strerror(code));
    return false;
  }
  return true;
}

// Has libcurl send what was added.
void Loop::kick(Lane& lane, unsigned added) noexcept {
  if (added == 0) return;
  share_connections();  // here, as libcurl takes no settings from within its callbacks
  // Corked, the requests of this turn leave in full segments (0.52 to 0.65 of the CPU); for a single one it
  // costs 19 µs.
  std::optional<Cork> cork;
  if (added > 1 && lane.admission.shape() == Admission::Shape::streams)
    cork.emplace(sockets_.only_socket_of(lane.index));
  int running = 0;
  timer_ = kNever;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
  if (lane.unsent != 0) lane.admission.kept_waiting(lane.unsent, Clock::now());
}

// Takes the call back from libcurl.
Call& Loop::retire(Easy& easy) noexcept {
  Call& call = *easy.call;
  curl_multi_remove_handle(multi_.get(), easy.handle);
  counts_.in_flight.down();
  metrics_.changed();
  easy.lane->take_off_wire(easy);
  easy.lane->admission.leave(call);
  easies_.give_back(easy);
  return call;
}

namespace {

// For a message alone: without the memory for it there is none.
void keep_location(const Easy& easy) noexcept try {
  const char* location = nullptr;
  curl_easy_getinfo(easy.handle, CURLINFO_REDIRECT_URL, &location);
  if (location != nullptr) easy.call->location = location;
} catch (const std::bad_alloc&) {
}

}  // namespace

void Loop::finish(Easy& easy, CURLcode code) noexcept {
  if (code != CURLE_OK && !descriptors_are_ours()) {
    has_lost_descriptors_ = true;  // abandon() fails its call
    return;
  }
  Lane& lane = *easy.lane;
  Call& call = *easy.call;
  lane.moved = true;
  long value = 0;
  if (code == CURLE_OK) {
    curl_easy_getinfo(easy.handle, CURLINFO_RESPONSE_CODE, &value);
    call.status = static_cast<int>(value);
    if (call.status == 429 || call.status == 503) {
      curl_off_t after = 0;
      curl_easy_getinfo(easy.handle, CURLINFO_RETRY_AFTER, &after);
      call.retry_after_s = static_cast<long>(after);
    }
    if (call.status >= 300 && call.status < 400) keep_location(easy);
    call.failure = Failure::none;
    call.may_have_acted = true;
    const auto heard_at = call.reply.empty() ? Clock::now() : easy.heard_at;
    counts_.durations[call.operation].add(heard_at - easy.sent_at);
    if (!lane.admission.is_open()) {
      curl_easy_getinfo(easy.handle, CURLINFO_HTTP_VERSION, &value);
      lane.admission.answered(
          call, value >= CURL_HTTP_VERSION_2_0 ? Admission::Shape::streams : Admission::Shape::connections);
    }
    lane.ever_answered = true;
    lane.admission.replied(call, easy.fresh, heard_at);
  }
  Evidence evidence;
  if (code != CURLE_OK) {
    curl_easy_getinfo(easy.handle, CURLINFO_OS_ERRNO, &value);
    evidence = {code,
                easy.error,
                static_cast<int>(value),
                call.sent.load(std::memory_order_relaxed),
                is_connected(lane, easy),
                0,
                easy.broken_off_for};
    if (is_of_the_connect(evidence)) evidence.limit_errno = Sockets::limit_errno();
    call.failure = failure_of(evidence);
    if (is_of_the_connect(evidence)) call.failure = of_handshake(lane, evidence);
    call.may_have_acted = evidence.sent;
    set_message(call, evidence);
  }
  const bool own_deadline = easy.own_deadline && code == CURLE_OPERATION_TIMEDOUT;
  const bool goes_back = code != CURLE_OK && !own_deadline && meets_limit(lane, easy, evidence);
  tell_limit(lane);
  if (goes_back) return send_back(easy);
  call.server_answers_others = evidence.sent && answers_others(lane, easy);
  if (code == CURLE_OPERATION_TIMEDOUT && evidence.sent) abandon_mute(lane, easy);
  retire(easy);
  if (code != CURLE_OK && !own_deadline && is_of_the_connect(evidence)) fail_together(lane, call);
  handoff_.complete(call);
}

void Loop::stop() noexcept {
  receive(handoff_.close(Failure::stopped));
  fail_list(rests_.take_all(), Failure::stopped, {});
  for (auto& lane : lanes_) {
    fail_list(lane->admission.take_all(), Failure::stopped, "the pipeline was stopped");
    while (!lane->active.empty()) {
      Easy& easy = *lane->active.back();
      Call& call = retire(easy);
      call.may_have_acted = call.sent.load(std::memory_order_relaxed);
      fail(call, Failure::stopped, "the pipeline was stopped");
    }
  }
  handoff_.publish();
}

void Loop::report(LogLevel level, std::initializer_list<std::string_view> parts) const noexcept try {
  if (!log_.wants(level)) return;
  std::string line;
  for (const auto part : parts) line.append(part);
  log_.write(level, line);
} catch (const std::bad_alloc&) {
  return;  // no memory for a log line
}

// One connection to a server of HTTP/2, also where it allows fewer streams than we do; several where it is
// HTTP/1.1.
void Loop::share_connections() noexcept {
  const bool several = std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
    return lane->admission.shape() == Admission::Shape::connections;
  });
  const long wanted = several ? static_cast<long>(options_.connections) : 1L;
  if (wanted == std::exchange(host_connections_, wanted)) return;
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, wanted);
}

}  // namespace sesam::transport::curl
