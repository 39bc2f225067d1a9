// SPDX-License-Identifier: Apache-2.0
// The callers of a run and the threads on which they sign.
#pragma once

#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client.h"
#include "job_ring.h"
#include "options.h"
#include "window.h"

namespace sesam::bench {

class Crew {
 public:
  Crew(Client& client, const Options& options);
  /// Ends the window and joins the threads.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Lets the threads sign; they have existed since the constructor.
  void start();
  /// True if every caller has made a signature or one has failed.
  bool is_warm();
  void measure() { window_.phase = Phase::measured; }
  /// Ends the window and joins the threads. Throws the first failure of a caller.
  void finish();

  /// CPU time of the callers' threads in seconds, without threads that the client itself has.
  double cpu_seconds() const;
  /// The last signature of each caller; call after finish().
  std::vector<std::string> signatures() const;
  const std::vector<std::unique_ptr<Tally>>& tallies() const noexcept { return tallies_; }

 private:
  template <class Work>
  void add_thread(Work work);
  void add_threads();
  void add_job_thread();
  void stop() noexcept;

  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<std::unique_ptr<Tally>> tallies_;
  JobRing ring_;  // without jobs: empty
  Window window_;
  std::latch go_{1};
  bool started_ = false;
  std::mutex mutex_;
  std::exception_ptr failure_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace sesam::bench
