// SPDX-License-Identifier: Apache-2.0
#include "transport/threaded_pipeline.h"

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "metrics/counts.h"
#include "transport/loggable.h"
#include "transport/registry.h"

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast, std::chrono::milliseconds;

// The I/O thread ends a call at its deadline and knows the outcome best; a caller stops waiting by itself a
// little later.
constexpr auto kGrace = 100ms;
constexpr auto kLookAgain = 250ms;
// With requests in flight, the I/O thread checks its descriptors equally often. If they are gone and it has
// not failed its calls in twice that time, it is blocked in a system call on a number that is now the
// program's: the program closed it and opened a blocking file at that very moment.
constexpr auto kStuckAfter = 2 * kLookAgain;

// The I/O thread would have ended the call: in a child of fork(2), it may wait for a lock of libcrypto that a
// thread of the parent held.
constexpr std::string_view kNotBegun =
    "the deadline passed, and the thread that makes the requests has not begun it: it is blocked, or gets no "
    "processor time";

struct GiveBack {
  void operator()(Call* call) const noexcept { CallPool::give_back(*call); }
};
using CallPointer = std::unique_ptr<Call, GiveBack>;

// If the request may have been sent, running out of memory must not hide that.
Reply failed(Failure failure, std::string_view message, bool may_have_acted = false) noexcept {
  Reply reply;
  reply.failure = failure;
  reply.may_have_acted = may_have_acted;
  try {
    reply.message = message;
  } catch (const std::bad_alloc&) {
    reply.message.clear();
  }
  return reply;
}

Reply reply_of(Call& call) noexcept try { return call.take_reply(); } catch (const std::bad_alloc&) {
  return failed(Failure::out_of_memory, {}, call.may_have_acted);
}

}  // namespace

ThreadedPipeline::ThreadedPipeline(Options options, std::shared_ptr<const Log> log, const Driver& driver)
    : shared_(std::make_shared<Shared>(std::move(options), std::move(log), driver)) {}

ThreadedPipeline::~ThreadedPipeline() {
  {
    Registry& registry = Registry::instance();
    const ProcessLock lock(registry.mutex);
    retire_thread();
    std::erase_if(registry.pipelines, [](const auto& entry) { return entry.expired(); });
  }
  const auto deadline = stop_deadline();
  for (auto* thread : retired_)
    if (stop_thread(*thread, deadline)) delete thread;
}

IoThread* ThreadedPipeline::retire_thread() noexcept {
  IoThread* const thread = thread_.exchange(nullptr, std::memory_order_acq_rel);
  if (thread != nullptr) retired_.push_back(thread);  // there is room: see start_thread
  return thread;
}

void ThreadedPipeline::forget_threads() noexcept {
  thread_.store(nullptr, std::memory_order_relaxed);
  retired_.clear();
}

IoThread* ThreadedPipeline::thread_for(Reply& refusal) {
  IoThread* const thread = thread_.load(std::memory_order_acquire);
  if (thread != nullptr && thread->is_of_use()) {
    if (!thread->was_cut_off()) return thread;
    thread->abandon();
  }
  return start_thread(refusal);
}

IoThread* ThreadedPipeline::start_thread(Reply& refusal) {
  Registry& registry = Registry::instance();
  const ProcessLock lock(registry.mutex);
  IoThread* const present = thread_.load(std::memory_order_acquire);
  if (present != nullptr && present->is_of_use()) return present;
  if (present != nullptr && present->process() == getpid()) {
    std::string why_not;
    // Other callers may still ring the old descriptors, so the new thread gets new ones.
    if (present->has_lost_descriptors()) {
      present->stop(Clock::now() + kGrace);
    } else if (present->restart(why_not)) {
      return present;
    }
    if (!why_not.empty()) {
      refusal = failed(Failure::process_limit, why_not);
      return nullptr;
    }
    std::erase(registry.threads, retire_thread());
  } else if (present != nullptr) {  // a child made without pthread_atfork(3)
    std::erase_if(registry.threads, [](const IoThread* thread) { return thread->process() != getpid(); });
    forget_threads();
  }
  if (registry.ended) {
    refusal = failed(Failure::stopped, "the process is ending");
    return nullptr;
  }
  if (auto [failure, why] = shared_->driver.preflight(shared_->options); failure != Failure::none) {
    refusal = failed(failure, why);
    return nullptr;
  }
  metrics::counts().begin_in_this_process();
  registry.threads.reserve(registry.threads.size() + 1);
  retired_.reserve(retired_.size() + 1);
  std::string why_not;
  IoThread* const started = IoThread::start(shared_, why_not).release();
  if (started == nullptr) {
    refusal = failed(Failure::process_limit, why_not);
    return nullptr;
  }
  registry.threads.push_back(started);
  thread_.store(started, std::memory_order_release);
  return started;
}

Reply ThreadedPipeline::perform(const Request& request) try {
  const bool reporting = shared_->log->wants(LogLevel::requests);
  const auto since = Clock::now();
  if (since >= request.deadline)
    return failed(Failure::queue_timed_out, "deadline exceeded before the request was made");
  Reply reply = try_once(request);
  // Nothing was sent, and new descriptors can be opened by now: retry once.
  if (reply.failure == Failure::descriptors_closed && !reply.may_have_acted) reply = try_once(request);
  if (reporting) report(request, reply, since);
  return reply;
} catch (const std::bad_alloc&) {
  return failed(Failure::out_of_memory, {});  // before the request was handed over
}

Reply ThreadedPipeline::try_once(const Request& request) {
  Reply refusal;
  IoThread* const thread = thread_for(refusal);
  if (thread == nullptr) return refusal;
  Call* const call = thread->handoff().take_call();
  if (call == nullptr) return failed(Failure::out_of_memory, {});
  return hand_over(*thread, *call, request);
}

void ThreadedPipeline::probe(const Request& request, HealthFlag flag) noexcept try {
  Reply refusal;
  IoThread* const thread = thread_for(refusal);
  if (thread == nullptr) return;
  CallPointer call(thread->handoff().take_call());
  if (!call) return;
  call->prepare(request);
  call->health = std::move(flag);
  call->state.store(kLeft, std::memory_order_relaxed);  // no caller waits: the I/O thread frees it
  if (submit(*thread, *call)) static_cast<void>(call.release());
} catch (const std::bad_alloc&) {
  return;  // the node will be probed again
}

bool ThreadedPipeline::pause_job_until(Clock::time_point until) noexcept try {
  const Notify notify = Notify::for_current_job();
  if (!notify) return false;
  Reply refusal;
  IoThread* const thread = thread_for(refusal);
  CallPointer call(thread == nullptr ? nullptr : thread->handoff().take_call());
  if (!call) return false;
  call->is_rest = true;
  call->deadline = until;
  call->notify = notify.share();
  if (!submit(*thread, *call)) return false;
  const Paused paused = pause_job_until_answered(*call, notify, until);
  if (!thread->handoff().leave(*call)) static_cast<void>(call.release());
  return paused == Paused::answered || paused == Paused::deadline_passed;
} catch (const std::bad_alloc&) {
  return false;
}

// false: the thread accepts no more calls.
bool ThreadedPipeline::submit(IoThread& thread, Call& call) noexcept {
  const auto submitted = thread.handoff().submit(call);
  if (submitted == Handoff::Submitted::unheard) thread.abandon();
  return submitted != Handoff::Submitted::refused;
}

Reply ThreadedPipeline::hand_over(IoThread& thread, Call& call, const Request& request) {
  CallPointer mine(&call);
  Handoff& handoff = thread.handoff();
  call.prepare(request);
  const Notify notify = request.pauses_job ? Notify::for_current_job() : Notify();
  call.notify = notify.share();
  while (!submit(thread, call))  // no reason: it was reopened meanwhile
    if (const Failure why = handoff.closed_for(); why != Failure::none)
      return failed(why,
                    why == Failure::descriptors_closed ? kDescriptorsClosed : "the pipeline was stopped");
  const Waited waited = wait(thread, call, notify, request.deadline);
  if (call.is_done()) return reply_of(call);
  const bool sent = call.sent.load(std::memory_order_relaxed);
  std::optional<Reply> reply;
  if (waited == Waited::answered) reply = reply_of(call);  // now: the application's callback may not return
  if (handoff.leave(*mine.release())) {
    mine.reset(&call);
    if (!reply) reply = reply_of(call);
  }
  if (reply) return *std::move(reply);
  if (waited == Waited::thread_is_stuck)  // or it is only slow, and may still send the request
    return failed(Failure::descriptors_closed, kDescriptorsClosed, sent || !request.repeatable);
  if (sent) return failed(Failure::timed_out, "no response before the deadline", true);
  return failed(Failure::queue_timed_out, kNotBegun, !request.repeatable);  // it may still be begun
}

ThreadedPipeline::Waited ThreadedPipeline::wait(IoThread& thread, const Call& call, const Notify& notify,
                                                Clock::time_point deadline) noexcept {
  Handoff& handoff = thread.handoff();
  if (notify) {
    const Paused paused = pause_job_until_answered(call, notify, deadline + kGrace);
    if (paused != Paused::cannot_pause)
      return paused == Paused::answered ? Waited::answered : Waited::deadline_passed;
    // The notification goes to the wait context: check the call every millisecond instead.
    while (!call.has_outcome() && Clock::now() < deadline + kGrace)
      handoff.sleep_until_done(call, Clock::now() + 1ms);
    return call.has_outcome() ? Waited::answered : Waited::deadline_passed;
  }
  // The program may have closed the descriptors just when this call was handed over.
  auto stuck_at = Clock::time_point::max();
  for (const auto end = deadline + kGrace;;) {
    const auto until = std::min(end, Clock::now() + kLookAgain);
    if (handoff.sleep_until_done(call, until)) return Waited::answered;
    if (until == end) return Waited::deadline_passed;
    if (!thread.is_cut_off()) continue;
    if (Clock::now() >= stuck_at) return Waited::thread_is_stuck;
    stuck_at = std::min(stuck_at, Clock::now() + kStuckAfter);
    thread.abandon();
  }
}

void ThreadedPipeline::report(const Request& request, const Reply& reply,
                              Clock::time_point since) const noexcept try {
  std::string_view path = request.path.substr(0, request.fixed_path_bytes);
  path = path.substr(0, path.find('?'));
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto took = duration_cast<milliseconds>(Clock::now() - since).count();
  const std::string status = std::to_string(reply.status);
  const auto outcome = reply.failure == Failure::none ? status : loggable(reply.failure, reply.message);
  shared_->log->write(LogLevel::requests, {request.method == Method::post ? "POST " : "GET ", path, ": ",
                                           outcome, ", ", std::to_string(took), " ms"});
} catch (const std::bad_alloc&) {
  return;  // no memory for a log line
}

}  // namespace sesam::transport
