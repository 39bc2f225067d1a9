// SPDX-License-Identifier: Apache-2.0
// The I/O thread of one pipeline, from its start to its end, in a library context of its own.
#pragma once

#include <openssl/types.h>
#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

#include "metrics/metrics_file.h"
#include "transport/driver.h"
#include "transport/fork_guard.h"
#include "transport/handoff.h"
#include "transport/poller.h"
#include "transport/sockets.h"

namespace sesam::transport {

/// What a pipeline and its thread share. The thread keeps it alive if it outlives the pipeline (see
/// IoThread::stop).
struct Shared {
  Shared(Options wanted, std::shared_ptr<const Log> sink, const Driver& wanted_driver)
      : options(std::move(wanted)), passwords(options.password), log(std::move(sink)), driver(wanted_driver) {
    if (!options.metrics_file.empty()) metrics_file.emplace(options.metrics_file);
  }
  const Options options;
  Passwords passwords;
  const std::shared_ptr<const Log> log;
  const Driver& driver;
  std::optional<metrics::MetricsFile> metrics_file;
};

class IoThread {
 public:
  /// nullptr: no descriptor or no thread available, see `why_not`. Throws std::bad_alloc. Does not wait for
  /// the thread.
  static std::unique_ptr<IoThread> start(std::shared_ptr<Shared> shared, std::string& why_not);
  /// Only after stop() returned true.
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  Handoff& handoff() noexcept { return handoff_; }
  pid_t process() const noexcept { return process_; }
  /// It belongs to this process and has not given up for lack of memory, threads or its descriptors.
  bool is_of_use() const noexcept {
    const Failure closed_for = handoff_.closed_for();
    return process_ == getpid() && closed_for != Failure::out_of_memory &&
           closed_for != Failure::process_limit && closed_for != Failure::descriptors_closed;
  }
  /// No request was in flight for Handoff::kPause, and the program has closed descriptors meanwhile.
  bool was_cut_off() const noexcept {
    const auto idle_since = handoff_.idle_since();
    return idle_since != Handoff::kNever && Clock::now() > idle_since + Handoff::kPause && is_cut_off();
  }
  bool is_cut_off() const noexcept { return !poller_.is_ours(); }
  bool has_lost_descriptors() const noexcept { return handoff_.closed_for() == Failure::descriptors_closed; }
  /// The thread can no longer be woken: takes over the calls that it has not collected, and fails them. The
  /// thread ends by itself, within a minute, and does not touch the descriptors.
  void abandon() noexcept;
  /// Starts a new thread in this object after the old one gave up, as earlier callers may still access their
  /// calls. false: no thread available, see `why_not`; if that is empty, the old thread did not end in time
  /// and must be left alone.
  bool restart(std::string& why_not);

  /// Fails waiting calls, ends the thread and joins it. false: it did not end in time and was detached; this
  /// object must not be freed. Further calls return the same result.
  bool stop(Clock::time_point deadline) noexcept;

  // For fork, see ForkGuard.
  void raise_fork_flag() noexcept;
  void hold_for_fork(Clock::time_point deadline) noexcept { guard_.take(deadline); }
  void release_after_fork() noexcept { guard_.release(); }
  /// In the child, where this thread does not exist: closes its descriptors and leaves the rest as it is.
  void close_in_child() noexcept;

 private:
  explicit IoThread(std::shared_ptr<Shared> shared);
  bool create_thread(std::string& why_not);
  static void* main(void* self) noexcept;
  void run_isolated();
  void serve() noexcept;
  void give_up() noexcept;
  void refuse_all(Failure why, std::string_view message) noexcept;
  void say_that_descriptors_are_lost() noexcept;

  const std::shared_ptr<Shared> shared_;
  const pid_t process_;
  Poller poller_;
  Sockets sockets_;
  ForkGuard guard_;
  Handoff handoff_;
  OSSL_LIB_CTX* libctx_ = nullptr;  // made by the thread, freed after the join
  pthread_t thread_{};
  std::atomic<bool> said_lost_{false};
  std::binary_semaphore ended_{0};  // the last member that the thread uses
  enum class Life { running, joined, detached } life_ = Life::running;
};

}  // namespace sesam::transport
