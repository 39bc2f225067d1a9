// SPDX-License-Identifier: Apache-2.0
#include "metrics/counts.h"

#include <cstdlib>
#include <cstring>
#include <ctime>

#include <unistd.h>

#include <algorithm>

#include "base/thread_line.h"

namespace sesam::metrics {
namespace {

template <class Array>
std::uint64_t sum_of(const Array& array) noexcept {
  std::uint64_t sum = 0;
  for (const auto& one : array) sum += one.get();
  return sum;
}

template <class Array>
void reset_all(Array& array) noexcept {
  for (auto& one : array) one.reset();
}

// Constant-initialised and without a destructor: usable before
// any static initialiser runs, and until the process has ended.
constinit Counts of_this_process;

}  // namespace

// Has the resolution of the kernel's tick, but need not read a hardware clock.
std::int64_t unix_seconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec;
}

void SpreadCount::add() noexcept {
  Line& line = lines_[line_of_this_thread<std::tuple_size_v<decltype(lines_)>>()];
  line.count.add();
  line.last.set(unix_seconds());
}

std::uint64_t SpreadCount::get() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& line : lines_) sum += line.count.get();
  return sum;
}

std::int64_t SpreadCount::last() const noexcept {
  std::int64_t last = 0;
  for (const auto& line : lines_) last = std::max(last, line.last.get());
  return last;
}

void SpreadCount::reset() noexcept {
  for (auto& line : lines_) {
    line.count.reset();
    line.last.reset();
  }
}

void Durations::add(std::chrono::steady_clock::duration took) noexcept {
  const auto us =
      std::max(std::chrono::duration_cast<std::chrono::microseconds>(took), std::chrono::microseconds(0));
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), us);
  buckets_[static_cast<std::size_t>(bound - kBounds.begin())].add();
  total_us_.add(static_cast<std::uint64_t>(us.count()));
}

std::chrono::microseconds Durations::total() const noexcept {
  return std::chrono::microseconds(static_cast<std::int64_t>(total_us_.get()));
}

void Durations::reset() noexcept {
  reset_all(buckets_);
  total_us_.reset();
}

std::uint64_t Counts::all_requests() const noexcept { return sum_of(requests); }
std::uint64_t Counts::all_retries() const noexcept { return sum_of(retries); }
std::uint64_t Counts::all_failures() const noexcept { return sum_of(failures); }

void Counts::failed(Reason reason) noexcept {
  failures[static_cast<std::size_t>(reason)].add();
  last_failures[static_cast<std::size_t>(reason)].set(unix_seconds());
}

NodeCounts* Counts::of_node(const std::string& url) noexcept {
  char* const copy = ::strdup(url.c_str());
  if (copy == nullptr) return nullptr;
  for (auto& node : nodes) {
    const char* present = nullptr;
    if (node.url.compare_exchange_strong(present, copy, std::memory_order_acq_rel)) return &node;
    if (url != present) continue;
    std::free(copy);
    return &node;
  }
  std::free(copy);
  return nullptr;
}

void Counts::begin_in_this_process() noexcept {
  const pid_t self = getpid();
  const pid_t before = process_.exchange(self, std::memory_order_relaxed);
  if (before != 0 && before != self) reset();
}

void Counts::reset() noexcept {
  reset_all(requests);
  reset_all(durations);
  in_flight.reset();
  connections_opened.reset();
  connections_open.reset();
  connections_allowed.reset();
  wake_ups.reset();
  reset_all(retries);
  reset_all(failures);
  reset_all(last_failures);
  audit_failures.reset();
  key_cache_hits.reset();
  key_cache_misses.reset();
  for (auto& node : nodes) {
    node.failures.reset();  // not `unhealthy`: a forked process avoids the same nodes as its parent
    node.device_certificate_ends.reset();
    node.client_certificate_ends.reset();
  }
  signatures.reset();
}

Counts& counts() noexcept { return of_this_process; }

}  // namespace sesam::metrics
