// SPDX-License-Identifier: Apache-2.0
// Many callers on one thread, each in an ASYNC_JOB, the way an asynchronous server does it
// (ASYNC_start_job(3)).
#pragma once

#include <openssl/async.h>

#include <atomic>
#include <exception>
#include <memory>
#include <vector>

#include "options.h"
#include "window.h"

namespace sesam::bench {

class JobRing {
 public:
  /// `kind`: how the thread hears of a signature.
  explicit JobRing(Jobs kind);
  ~JobRing();
  JobRing(const JobRing&) = delete;
  JobRing& operator=(const JobRing&) = delete;

  void add(Caller& caller, Tally& tally);
  /// Runs all jobs, on this thread, until the window is over. Throws what the first caller that failed threw.
  void run(Window& window);

 private:
  struct Job {
    JobRing* ring = nullptr;
    Caller* caller = nullptr;
    Tally* tally = nullptr;
    Window* window = nullptr;
    ASYNC_JOB* job = nullptr;
    ASYNC_WAIT_CTX* context = nullptr;
    Job* next = nullptr;  // in the list of those to go on
    // In that list. The call back for one signature may come when the job has seen it already and waits for
    // the next.
    std::atomic<bool> listed{false};
    OSSL_ASYNC_FD watched_fd = -1;
    std::exception_ptr failure;
  };

  static int body(void* job);
  static int on_ready(void* job);
  void list(Job& job) noexcept;
  Job* wait_for_some();
  Job* wait_for_descriptors();
  void watch(Job& job);
  bool go_on_with(Job& job);

  const Jobs kind_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::atomic<Job*> ready_{nullptr};  // newest first
  std::atomic<bool> asleep_{false};
  int event_fd_;  // by callback
  int epoll_fd_;  // by descriptor
};

}  // namespace sesam::bench
