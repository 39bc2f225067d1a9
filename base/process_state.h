// SPDX-License-Identifier: Apache-2.0
// State of the process rather than of one provider instance: leaked on purpose, and safe across fork.
#pragma once

#include <atomic>
#include <mutex>

#include "base/thread_annotations.h"

namespace sesam {

/// The one instance of T in this process. Made at first use and never destroyed: threads and exit handlers
/// may still need it while the process ends, so nothing here has a destructor that runs.
template <class T>
T& process_state() {
  static T* const state = new T;
  return *state;
}

/// The order in which ProcessMutexes may be taken, outermost first. docs/ARCHITECTURE.md says why.
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

/// A mutex of process-wide state. fork() takes all of them in the order of their ranks, so the child never
/// inherits one that a vanished thread held. Never hold one across a wait.
class SESAM_CAPABILITY("mutex") ProcessMutex {
 public:
  explicit ProcessMutex(MutexRank rank) noexcept;
  ProcessMutex(const ProcessMutex&) = delete;
  ProcessMutex& operator=(const ProcessMutex&) = delete;

  void lock() SESAM_ACQUIRES() { mutex_.lock(); }
  void unlock() SESAM_RELEASES() { mutex_.unlock(); }

  /// For pthread_atfork(3): before the fork, after it in the parent, after it in the child. Which mutexes
  /// there are, clang cannot know.
  static void lock_all() noexcept SESAM_NOT_ANALYZED;
  static void unlock_all() noexcept SESAM_NOT_ANALYZED;
  static void renew_all() noexcept;

 private:
  std::mutex mutex_;
};

/// Holds a ProcessMutex for as long as it lives.
class SESAM_SCOPED_CAPABILITY ProcessLock {
 public:
  explicit ProcessLock(ProcessMutex& mutex) SESAM_ACQUIRES(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~ProcessLock() SESAM_RELEASES() { mutex_.unlock(); }
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;

 private:
  ProcessMutex& mutex_;
};

/// How many forks lie between the first process and this one: what waits for a thread of an older generation
/// waits in vain, for that thread does not exist here.
unsigned fork_generation() noexcept;

}  // namespace sesam
