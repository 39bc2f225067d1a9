// SPDX-License-Identifier: Apache-2.0
// Many callers on one thread, each in an ASYNC_JOB,
// as in an asynchronous server (ASYNC_start_job(3)).
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
  /// `kind`: how the thread is notified of a signature.
  explicit JobRing(Jobs kind);
  ~JobRing();
  JobRing(const JobRing&) = delete;
  JobRing& operator=(const JobRing&) = delete;

  void add(Caller& caller, Tally& tally);
  /// Runs all jobs on this thread until the window is over. Rethrows the exception of a caller that failed.
  void run(Window& window);

 private:
  struct Job {
    JobRing* ring = nullptr;
    Caller* caller = nullptr;
    Tally* tally = nullptr;
    Window* window = nullptr;
    ASYNC_JOB* job = nullptr;
    ASYNC_WAIT_CTX* context = nullptr;
    Job* next = nullptr;  // in the list of jobs to resume
    // Whether the job is in that list. The callback for a signature may arrive when the job has already seen
    // it and waits for the next one.
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
  int event_fd_;  // for Jobs::callback
  int epoll_fd_;  // for Jobs::descriptor
};

}  // namespace sesam::bench
