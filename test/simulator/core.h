// SPDX-License-Identifier: Apache-2.0
// One crypto core of the device.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "event_loop.h"

namespace sesam::simulator {

// One crypto processor: a thread that executes operations
// one at a time, in order of submission (n200.md, "a core").
class Core {
 public:
  using Finish = std::function<void()>;  // run on the I/O thread
  using Work = std::function<Finish()>;  // run on the core's thread; must not throw

  explicit Core(EventLoop& loop);
  ~Core();  // drops the queued jobs

  // Queues an operation. It occupies the core for `duration`, or for as long as `work` takes if that is
  // longer. The time counts from the end of the previous operation, not from when the thread woke up: a busy
  // core performs exactly 1/duration operations per second.
  void submit(Work work, Clock::duration duration);
  // Delays queued and new jobs until `when`. max(): until the next call; min(): ends the delay.
  void hang_until(Clock::time_point when);

 private:
  struct Job {
    Work work;
    Clock::duration duration;
    Clock::time_point submitted;
  };

  void run();
  void wait_for_job(std::unique_lock<std::mutex>& lock);
  void execute(const Job& job);

  EventLoop& loop_;
  Clock::time_point busy_until_{};
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> jobs_;                                     // guarded by mutex_
  Clock::time_point hung_until_ = Clock::time_point::min();  // guarded by mutex_
  bool waiting_ = false;                                     // guarded by mutex_
  bool stopping_ = false;                                    // guarded by mutex_
  std::thread thread_;                                       // last: it uses all of the above
};

}  // namespace sesam::simulator
