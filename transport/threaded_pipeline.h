// SPDX-License-Identifier: Apache-2.0
// The implementation of Pipeline: a facade over an I/O thread that starts and ends with use, unload and fork.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "transport/io_thread.h"
#include "transport/pipeline.h"

namespace sesam::transport {

class ThreadedPipeline final : public Pipeline {
 public:
  ThreadedPipeline(Options options, std::shared_ptr<const Log> log, const Driver& driver);
  ~ThreadedPipeline() override;

  Reply perform(const Request& request) override;
  void probe(const Request& request, HealthFlag flag) noexcept override;
  bool pause_job_until(Clock::time_point until) noexcept override;
  const Options& options() const noexcept override { return shared_->options; }
  Passwords& passwords() noexcept override { return shared_->passwords; }
  const Driver& driver() const noexcept { return shared_->driver; }
  const Log& log() const noexcept { return *shared_->log; }

  // With the registry's mutex held:
  /// Retires the I/O thread, which the caller has to stop; nullptr: there is none. The next perform() starts
  /// a new one.
  IoThread* retire_thread() noexcept;
  /// For a forked child, which has no threads. They are leaked, as a thread may have been using them.
  void forget_threads() noexcept;

 private:
  IoThread* thread_for(Reply& refusal);
  IoThread* start_thread(Reply& refusal);
  Reply try_once(const Request& request);
  Reply hand_over(IoThread& thread, Call& call, const Request& request);
  static bool submit(IoThread& thread, Call& call) noexcept;
  enum class Waited { answered, deadline_passed, thread_is_stuck };
  static Waited wait(IoThread& thread, const Call& call, const Notify& notify,
                     Clock::time_point deadline) noexcept;
  void report(const Request& request, const Reply& reply, Clock::time_point since) const noexcept;

  const std::shared_ptr<Shared> shared_;
  // Read by every perform(), without a lock or a reference count: a thread's object is freed only with the
  // pipeline.
  std::atomic<IoThread*> thread_{nullptr};
  std::vector<IoThread*> retired_;
};

}  // namespace sesam::transport
