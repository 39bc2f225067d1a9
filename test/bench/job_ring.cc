// SPDX-License-Identifier: Apache-2.0
#include "job_ring.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace sesam::bench {

JobRing::JobRing(Jobs kind)
    : kind_(kind), event_fd_(eventfd(0, EFD_CLOEXEC)), epoll_fd_(epoll_create1(EPOLL_CLOEXEC)) {
  if (event_fd_ == -1 || epoll_fd_ == -1) throw std::runtime_error("eventfd or epoll_create1");
}

JobRing::~JobRing() {
  for (const auto& job : jobs_) ASYNC_WAIT_CTX_free(job->context);
  close(event_fd_);
  close(epoll_fd_);
}

void JobRing::add(Caller& caller, Tally& tally) {
  auto job = std::make_unique<Job>();
  job->ring = this;
  job->caller = &caller;
  job->tally = &tally;
  job->context = ASYNC_WAIT_CTX_new();
  if (job->context == nullptr) throw std::runtime_error("ASYNC_WAIT_CTX_new");
  if (kind_ == Jobs::callback && ASYNC_WAIT_CTX_set_callback(job->context, &on_ready, job.get()) != 1)
    throw std::runtime_error("ASYNC_WAIT_CTX_set_callback");
  jobs_.push_back(std::move(job));
}

// The body of a job. OpenSSL copies the pointer to the Job and passes
// the address of the copy. No exception may leave this function.
int JobRing::body(void* argument) {
  Job& job = **static_cast<Job**>(argument);
  try {
    sign_during(*job.window, *job.caller, *job.tally);
  } catch (...) {
    job.failure = std::current_exception();
  }
  return 1;
}

// The provider's I/O thread calls this when a signature is complete.
int JobRing::on_ready(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  job.ring->list(job);
  return 1;
}

void JobRing::list(Job& job) noexcept {
  if (job.listed.exchange(true)) return;
  job.next = ready_.load(std::memory_order_relaxed);
  while (!ready_.compare_exchange_weak(job.next, &job)) {
  }
  if (asleep_.exchange(false)) eventfd_write(event_fd_, 1);
}

// The descriptor stays readable until the job is resumed.
void JobRing::watch(Job& job) {
  if (job.watched_fd != -1) return;
  std::size_t count = 1;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &job;
  if (ASYNC_WAIT_CTX_get_all_fds(job.context, &job.watched_fd, &count) != 1 || count != 1 ||
      epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, job.watched_fd, &event) != 0)
    throw std::runtime_error("a paused job has no descriptor to wait for");
}

JobRing::Job* JobRing::wait_for_descriptors() {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), -1);
  Job* ready = nullptr;
  for (int i = 0; i < count; ++i) {
    auto* job = static_cast<Job*>(events[static_cast<std::size_t>(i)].data.ptr);
    job->next = std::exchange(ready, job);
  }
  return ready;
}

JobRing::Job* JobRing::wait_for_some() {
  if (kind_ == Jobs::descriptor) return wait_for_descriptors();
  for (;;) {
    if (Job* ready = ready_.exchange(nullptr)) return ready;
    asleep_ = true;
    if (ready_.load() != nullptr && asleep_.exchange(false)) continue;
    eventfd_t count = 0;
    eventfd_read(event_fd_, &count);
  }
}

// Resumes the job. Returns false if it has ended.
bool JobRing::go_on_with(Job& job) {
  Job* argument = &job;
  int result = 0;
  switch (ASYNC_start_job(&job.job, job.context, &result, &body, &argument, sizeof argument)) {
    case ASYNC_PAUSE:
      if (kind_ == Jobs::descriptor) watch(job);
      return true;
    case ASYNC_FINISH:
      // The descriptor may still be signalled for the last signature, which would start a new job.
      if (job.watched_fd != -1) epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, job.watched_fd, nullptr);
      return false;
    default:
      throw std::runtime_error("ASYNC_start_job");
  }
}

void JobRing::run(Window& window) {
  if (ASYNC_init_thread(jobs_.size(), jobs_.size()) != 1) throw std::runtime_error("ASYNC_init_thread");
  std::size_t running = 0;
  for (const auto& job : jobs_) {
    job->window = &window;
    if (go_on_with(*job)) ++running;
  }
  while (running > 0) {
    for (Job* job = wait_for_some(); job != nullptr;) {
      Job* next = job->next;
      job->listed = false;  // before it is resumed, because it may then be listed again
      if (!go_on_with(*job)) --running;
      job = next;
    }
  }
  ASYNC_cleanup_thread();
  for (const auto& job : jobs_)
    if (job->failure) std::rethrow_exception(job->failure);
}

}  // namespace sesam::bench
