// SPDX-License-Identifier: Apache-2.0
#include "transport/handoff.h"

#include <sched.h>
#include <unistd.h>

#include <new>
#include <utility>

#include "metrics/counts.h"
#include "transport/http_status.h"

namespace sesam::transport {
namespace {

constexpr std::chrono::seconds kLongestCallback{1};

// Failures within this process, which say nothing about the server.
bool is_of_this_process(Failure failure) noexcept {
  return failure == Failure::process_limit || failure == Failure::out_of_memory ||
         failure == Failure::queue_timed_out || failure == Failure::stopped ||
         failure == Failure::descriptors_closed;
}

// A proxy or another server in place of the device sends HTML. The device's own web server may do so, too,
// when it denies access.
bool may_be_of_the_device(int status, std::string_view reply) noexcept {
  if (status == http_status::kUnauthorized || status == http_status::kForbidden) return true;
  const auto first = reply.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return status < http_status::kInternalServerError && first != reply.npos && reply[first] != '<';
}

Health health_of(int status, std::string_view reply) noexcept {
  if (status >= http_status::kBadGateway && status <= http_status::kGatewayTimeout) return Health::unhealthy;
  return may_be_of_the_device(status, reply) ? Health::healthy : Health::responds;
}

// Marks the inbox as closed; never dereferenced.
Call* closed() noexcept {
  static constinit char mark = 0;
  return reinterpret_cast<Call*>(&mark);
}

}  // namespace

Handoff::Submitted Handoff::submit(Call& call) noexcept {
  call.ticket = words_.draw_ticket();
  Call* head = inbox_.load(std::memory_order_relaxed);
  do {
    if (head == closed()) return Submitted::refused;
    call.next = head;
  } while (!inbox_.compare_exchange_weak(head, &call, std::memory_order_seq_cst, std::memory_order_relaxed));
  // A single ring wakes the thread for all callers until it sleeps again.
  if (asleep_.load(std::memory_order_seq_cst) && asleep_.exchange(false, std::memory_order_seq_cst)) {
    metrics::counts().wake_ups.add();
    if (!poller_.ring()) return Submitted::unheard;
  }
  return Submitted::accepted;
}

bool Handoff::sleep_until_done(const Call& call, Clock::time_point until) noexcept {
  return words_.sleep(call.ticket, until, [&] { return call.is_done(); });
}

void Handoff::begin_on_this_thread() noexcept { io_thread_.store(gettid(), std::memory_order_relaxed); }

// While the I/O thread is inside the application's callback, the caller should not leave: the callback's
// argument belongs to the job. But the callback may wait for a lock that the caller holds, or it may be the
// caller, if it resumes the job itself. After a fork, that thread does not exist. Hence the limits.
bool Handoff::leave(Call& call) noexcept {
  const bool is_in_callback = gettid() == io_thread_.load(std::memory_order_relaxed);
  const auto give_up = Clock::now() + (is_in_callback ? std::chrono::seconds(0) : kLongestCallback);
  std::uint32_t state = call.state.load(std::memory_order_acquire);
  for (;;) {
    if ((state & kDone) != 0) return true;
    if ((state & kAnswered) != 0 && Clock::now() < give_up) {
      sched_yield();
      state = call.state.load(std::memory_order_acquire);
    } else if (call.state.compare_exchange_weak(state, state | kLeft, std::memory_order_acq_rel)) {
      return false;
    }
  }
}

void Handoff::ask_to_stop() noexcept {
  stopping_.store(true, std::memory_order_release);
  if (poller_.is_ours()) poller_.ring();  // the program may have closed it
}

Call* Handoff::reversed(Call* newest) noexcept {
  Call* oldest = nullptr;
  while (newest != nullptr) oldest = std::exchange(newest, std::exchange(newest->next, oldest));
  return oldest;
}

// Another thread may close the inbox (abandon); it then stays closed.
Call* Handoff::collect() noexcept {
  Call* newest = inbox_.load(std::memory_order_relaxed);
  while (newest != nullptr && newest != closed())
    if (inbox_.compare_exchange_weak(newest, nullptr, std::memory_order_seq_cst, std::memory_order_relaxed))
      return reversed(newest);
  return nullptr;
}

Call* Handoff::close(Failure why) noexcept {
  closed_for_.store(why, std::memory_order_release);
  Call* const newest = inbox_.exchange(closed(), std::memory_order_seq_cst);
  return newest == closed() ? nullptr : reversed(newest);
}

void Handoff::abandon(Failure why, std::string_view message) noexcept {
  for (Call* calls = close(why); calls != nullptr;) {
    Call& call = *std::exchange(calls, calls->next);
    set_failure(call, why, message);
    set_health(call);
    Notify notify = std::move(call.notify);
    const bool sleeps = !notify;
    const std::uint32_t ticket = call.ticket;
    tell(call, std::move(notify));
    if (sleeps) words_.wake(ticket);
  }
}

bool Handoff::about_to_sleep() noexcept {
  asleep_.store(true, std::memory_order_seq_cst);
  return inbox_.load(std::memory_order_seq_cst) == nullptr && !must_stop();
}

void Handoff::reopen() noexcept {
  awake();
  stopping_.store(false, std::memory_order_relaxed);
  inbox_.store(nullptr, std::memory_order_release);
  closed_for_.store(Failure::none, std::memory_order_release);
}

void Handoff::complete(Call& call) noexcept { call.next = std::exchange(completed_, &call); }

void Handoff::set_failure(Call& call, Failure failure, std::string_view message) noexcept {
  call.failure = failure;
  try {
    call.message = message;
  } catch (const std::bad_alloc&) {
    call.message.clear();
  }
}

void Handoff::fail(Call& call, Failure failure, std::string_view message) noexcept {
  set_failure(call, failure, message);
  complete(call);
}

void Handoff::fail_all(Call* calls, Failure failure, std::string_view message) noexcept {
  while (calls != nullptr) fail(*std::exchange(calls, calls->next), failure, message);
}

void Handoff::publish() noexcept {
  if (completed_ == nullptr) return;
  Call* call = std::exchange(completed_, nullptr);
  while (call != nullptr) {
    Call& one = *std::exchange(call, call->next);
    set_health(one);
    Notify notify = std::move(one.notify);
    if (!notify) words_.note(one.ticket);
    tell(one, std::move(notify));
  }
  words_.wake_noted();
}

void Handoff::set_health(Call& call) noexcept {
  if (!call.health || is_of_this_process(call.failure)) return;
  const Health health =
      call.failure == Failure::none ? health_of(call.status, call.reply) : Health::unhealthy;
  call.health->store(health, std::memory_order_relaxed);
}

void Handoff::tell(Call& call, Notify notify) noexcept {
  // If the caller has left, its job has ended, and the argument of the callback is no longer valid.
  if (notify.needs_living_job() && (call.state.fetch_or(kAnswered, std::memory_order_acq_rel) & kLeft) == 0)
    notify.ring();
  // From here on, the call belongs to the caller, unless the caller has left.
  if ((call.state.fetch_or(kDone, std::memory_order_acq_rel) & kLeft) != 0) CallPool::give_back(call);
  if (!notify.needs_living_job()) notify.ring();
}

}  // namespace sesam::transport
