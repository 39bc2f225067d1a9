// SPDX-License-Identifier: Apache-2.0
// A driver without a network, for tests of the engine.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <new>
#include <utility>

#include "transport/call.h"
#include "transport/driver.h"

namespace sesam::transport {

/// Serves calls like libcurl's driver, with a function of the test. If this returns true, the outcome is in
/// the call; if false, the call stays unanswered until the driver stops.
class FakeDriver final : public Driver {
 public:
  using Serve = std::function<bool(Call&)>;
  explicit FakeDriver(Serve serve) : serve_(std::move(serve)) {}

  Refusal preflight(const Options&) const override { return refusal; }
  void run(const Workplace& work) const override {
    runs.fetch_add(1);
    if (out_of_memory) throw std::bad_alloc();
    Call* unanswered = nullptr;
    while (!work.handoff.must_stop()) {
      wait(work);
      for (Call* calls = work.handoff.collect(); calls != nullptr;) {
        Call& call = *std::exchange(calls, calls->next);
        if (serve_(call))
          work.handoff.complete(call);
        else
          call.next = std::exchange(unanswered, &call);
      }
      work.handoff.publish();
    }
    work.handoff.fail_all(work.handoff.close(Failure::stopped), Failure::stopped, "stopped");
    work.handoff.fail_all(unanswered, Failure::stopped, "stopped");
    work.handoff.publish();
  }

  Refusal refusal;
  std::atomic<bool> out_of_memory{false};
  mutable std::atomic<int> runs{0};

 private:
  static void wait(const Workplace& work) {
    work.poller.apply();
    work.guard.before_wait();
    if (work.handoff.about_to_sleep()) work.poller.wait(-1);
    work.guard.after_wait();
    work.handoff.awake();
  }

  const Serve serve_;
};

}  // namespace sesam::transport
