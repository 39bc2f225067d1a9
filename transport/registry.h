// SPDX-License-Identifier: Apache-2.0
// All pipelines and I/O threads of the process, for the end of the process, an unload of the provider and a
// fork.
#pragma once

#include <memory>
#include <vector>

#include "base/process_state.h"
#include "transport/io_thread.h"

namespace sesam::transport {

class ThreadedPipeline;

/// Never freed (process_state). The mutex protects the lists and the start of threads; it is never held
/// across a join.
struct Registry {
  ProcessMutex mutex{MutexRank::pipelines};
  std::vector<std::weak_ptr<ThreadedPipeline>> pipelines SESAM_GUARDED_BY(mutex);
  std::vector<IoThread*> threads SESAM_GUARDED_BY(mutex);  ///< from their start to their join
  bool ended SESAM_GUARDED_BY(mutex) = false;  ///< the process is ending: no more threads are started

  static Registry& instance() { return process_state<Registry>(); }
};

/// Stops the thread, by the deadline. true: it has ended and can be freed; false: it must not be freed.
/// Acquires the registry's mutex. Does nothing to a thread that was stopped before or that belongs to the
/// parent process.
bool stop_thread(IoThread& thread, Clock::time_point deadline) noexcept;

/// The deadline for an I/O thread to end, 2 s from now: it is never busy for longer than one turn, even on an
/// overloaded machine.
Clock::time_point stop_deadline() noexcept;

}  // namespace sesam::transport
