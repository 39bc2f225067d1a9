// SPDX-License-Identifier: Apache-2.0
#include "transport/pipeline.h"

#include <thread>
#include <utility>
#include <vector>

#include "transport/registry.h"
#include "transport/threaded_pipeline.h"

namespace sesam::transport {

std::shared_ptr<Pipeline> Pipeline::for_options(Options options, std::shared_ptr<const Log> log,
                                                const Driver& driver) {
  Registry& registry = Registry::instance();
  auto made = std::make_shared<ThreadedPipeline>(std::move(options), std::move(log), driver);
  // Destroyed after the lock: it may hold the last reference to a pipeline, whose destructor takes the lock.
  std::vector<std::shared_ptr<ThreadedPipeline>> living;
  const ProcessLock lock(registry.mutex);
  for (const auto& entry : registry.pipelines)
    if (auto pipeline = entry.lock()) living.push_back(std::move(pipeline));
  for (const auto& pipeline : living)
    if (&pipeline->driver() == &driver && pipeline->options() == made->options() &&
        pipeline->log().is_like(made->log()))
      return pipeline;
  registry.pipelines.push_back(made);
  return made;
}

void Pipeline::rest_until(std::chrono::steady_clock::time_point until, bool pauses_job) noexcept {
  if (!pauses_job || !pause_job_until(until)) std::this_thread::sleep_until(until);
}

}  // namespace sesam::transport
