// SPDX-License-Identifier: Apache-2.0
#include "core.h"

#include <sys/prctl.h>

#include <algorithm>

namespace sesam::simulator {

Core::Core(EventLoop& loop) : loop_(loop), thread_([this] { run(); }) {}

Core::~Core() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

void Core::submit(Work work, Clock::duration duration) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({std::move(work), duration, duration.count() != 0 ? Clock::now() : Clock::time_point{}});
    wake = waiting_;
  }
  if (wake) ready_.notify_one();
}

void Core::hang_until(Clock::time_point when) {
  {
    const std::lock_guard lock(mutex_);
    hung_until_ = when;
  }
  ready_.notify_one();
}

void Core::wait_for_job(std::unique_lock<std::mutex>& lock) {
  waiting_ = true;
  while (!stopping_ && (jobs_.empty() || Clock::now() < hung_until_)) {
    if (jobs_.empty() || hung_until_ == Clock::time_point::max()) {
      ready_.wait(lock);
    } else {
      ready_.wait_until(lock, hung_until_);
    }
  }
  waiting_ = false;
}

void Core::run() {
  prctl(PR_SET_NAME, "n200-core");
  prctl(PR_SET_TIMERSLACK, 1UL);  // the kernel's default may add 50 µs to each sleep
  std::unique_lock lock(mutex_);
  while (true) {
    wait_for_job(lock);
    if (stopping_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    execute(job);
    lock.lock();
  }
}

void Core::execute(const Job& job) {
  Finish finish = job.work();
  if (job.duration.count() != 0) {
    busy_until_ = std::max(busy_until_, job.submitted) + job.duration;
    std::this_thread::sleep_until(busy_until_);
  }
  loop_.post(std::move(finish));
}

}  // namespace sesam::simulator
