// SPDX-License-Identifier: Apache-2.0
#include "ossl/call_gate.h"

#include <numeric>
#include <thread>

#include "base/process_state.h"
#include "base/thread_line.h"

namespace sesam::ossl {
namespace {

constinit CallGate gate;

}  // namespace

CallGate& call_gate() noexcept { return gate; }

std::atomic<int>& CallGate::inside_of_this_thread() noexcept {
  return lines_[line_of_this_thread<std::tuple_size_v<decltype(lines_)>>()].inside;
}

bool CallGate::enter() noexcept {
  // Sequentially consistent, as in close(): either this sees it closed, or the closing thread sees this call.
  std::atomic<int>& inside = inside_of_this_thread();
  inside.fetch_add(1);
  if (!closed_.load() || pthread_equal(closer_, pthread_self()) != 0) return true;
  inside.fetch_sub(1);
  return false;
}

void CallGate::leave() noexcept { inside_of_this_thread().fetch_sub(1, std::memory_order_release); }

void CallGate::close() noexcept {
  closer_ = pthread_self();
  closed_.store(true);
}

bool CallGate::wait_until_empty(std::chrono::steady_clock::time_point deadline) const noexcept {
  // An ASYNC_JOB may begin on one thread and end on another, so only the sum is meaningful.
  const auto sum = [](int before, const Line& line) { return before + line.inside.load(); };
  while (std::accumulate(lines_.begin(), lines_.end(), 0, sum) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void CallGate::forget_calls() noexcept {
  for (Line& line : lines_) line.inside.store(0);
}

CallInside::CallInside() noexcept : generation_(fork_generation()), entered_(gate.enter()) {}

CallInside::~CallInside() {
  if (entered_ && generation_ == fork_generation()) gate.leave();
}

}  // namespace sesam::ossl
