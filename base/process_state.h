// SPDX-License-Identifier: Apache-2.0
// Process-wide state, as opposed to that of a provider instance: leaked on purpose, and safe across fork.
#pragma once

#include <atomic>
#include <mutex>

#include "base/thread_annotations.h"

namespace sesam {

/// The only instance of T in this process. Made at first use and never destroyed: threads
/// and exit handlers may still need it while the process ends, so no destructor may run.
template <class T>
T& process_state() {
  static T* const state = new T;
  return *state;
}

/// The order in which ProcessMutexes may be locked, outermost first; docs/ARCHITECTURE.md gives the reasons.
enum class MutexRank : int {
  devices,
  pipelines,
  key_cache,
  key_standings,
  signature_proofs,
  prompted_pins,
  refused_access,
  disputed_names,
  pins_in_use,
  certificates,
  error_stack,
  count
};

/// A mutex for process-wide state. fork() locks all of them in the order of their ranks, so the
/// child never inherits one that is held by a thread it does not have. Never hold one while waiting.
class SESAM_CAPABILITY("mutex") ProcessMutex {
 public:
  explicit ProcessMutex(MutexRank rank) noexcept;
  ProcessMutex(const ProcessMutex&) = delete;
  ProcessMutex& operator=(const ProcessMutex&) = delete;

  void lock() SESAM_ACQUIRES() { mutex_.lock(); }
  void unlock() SESAM_RELEASES() { mutex_.unlock(); }

  /// For pthread_atfork(3): before the fork, after it in the parent, after
  /// it in the child. Not analyzed: clang cannot know which mutexes exist.
  static void lock_all() noexcept SESAM_NOT_ANALYZED;
  static void unlock_all() noexcept SESAM_NOT_ANALYZED;
  static void renew_all() noexcept;

 private:
  std::mutex mutex_;
};

/// Locks a ProcessMutex for the lifetime of the object.
class SESAM_SCOPED_CAPABILITY ProcessLock {
 public:
  explicit ProcessLock(ProcessMutex& mutex) SESAM_ACQUIRES(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~ProcessLock() SESAM_RELEASES() { mutex_.unlock(); }
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;

 private:
  ProcessMutex& mutex_;
};

/// The number of forks between the first process and this one. Waiting for a thread of
/// an older generation would never end, as that thread does not exist in this process.
unsigned fork_generation() noexcept;

}  // namespace sesam
