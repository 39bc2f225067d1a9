// SPDX-License-Identifier: Apache-2.0
#include "transport/registry.h"

#include <unistd.h>

#include <chrono>
#include <thread>

#include "transport/process_life.h"
#include "transport/threaded_pipeline.h"

namespace sesam::transport {
namespace {

using namespace std::chrono_literals;

// Another thread may be stopping threads, too: the end of the process waits until it has finished.
void wait_until_no_thread_is_left(Registry& registry, Clock::time_point deadline) noexcept {
  while (Clock::now() < deadline) {
    {
      const ProcessLock lock(registry.mutex);
      if (registry.threads.empty()) return;
    }
    std::this_thread::sleep_for(1ms);
  }
}

}  // namespace

Clock::time_point stop_deadline() noexcept { return Clock::now() + 2s; }

bool stop_thread(IoThread& thread, Clock::time_point deadline) noexcept {
  if (thread.process() != getpid()) return false;  // a child made without pthread_atfork(3): vfork, clone
  const bool ended = thread.stop(deadline);
  Registry& registry = Registry::instance();
  const ProcessLock lock(registry.mutex);
  std::erase(registry.threads, &thread);
  return ended;
}

void stop_all(Stop how) noexcept {
  const auto deadline = stop_deadline();
  Registry& registry = Registry::instance();
  for (std::size_t i = 0;; ++i) {
    std::shared_ptr<ThreadedPipeline> pipeline;  // kept alive while its thread is joined
    IoThread* thread = nullptr;
    {
      const ProcessLock lock(registry.mutex);
      if (how == Stop::for_good) registry.ended = true;
      if (i >= registry.pipelines.size()) break;
      pipeline = registry.pipelines[i].lock();
      if (pipeline) thread = pipeline->retire_thread();
    }
    if (thread != nullptr) stop_thread(*thread, deadline);
  }
  if (how == Stop::for_good) wait_until_no_thread_is_left(registry, deadline);
}

// ProcessMutex::lock_all() holds the mutex meanwhile.
void before_fork() noexcept SESAM_NOT_ANALYZED {
  const auto deadline = stop_deadline();
  auto& threads = Registry::instance().threads;
  for (auto* thread : threads) thread->raise_fork_flag();
  for (auto* thread : threads) thread->hold_for_fork(deadline);
}

void after_fork_parent() noexcept SESAM_NOT_ANALYZED {
  for (auto* thread : Registry::instance().threads) thread->release_after_fork();
}

void after_fork_child() noexcept SESAM_NOT_ANALYZED {
  Registry& registry = Registry::instance();
  for (auto* thread : registry.threads) thread->close_in_child();
  registry.threads.clear();
  for (auto& entry : registry.pipelines)
    if (const auto pipeline = entry.lock()) pipeline->forget_threads();
}

}  // namespace sesam::transport
