// SPDX-License-Identifier: Apache-2.0
// Counters of what this process has done, for the provider's parameters and the metrics file.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/reasons.h"

namespace sesam::metrics {

/// A counter. Relaxed: it does not order other memory accesses.
class Count {
 public:
  void add(std::uint64_t more = 1) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }
  void reset() noexcept { value_.store(0, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A gauge: a value that goes up and down.
class Level {
 public:
  void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void up() noexcept { value_.fetch_add(1, std::memory_order_relaxed); }
  void down() noexcept { value_.fetch_sub(1, std::memory_order_relaxed); }
  std::int64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }
  void reset() noexcept { value_.store(0, std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// The system clock's time in whole seconds since 1970, UTC.
std::int64_t unix_seconds() noexcept;

/// A counter for concurrent threads: each adds to one of several cache lines, so that few share one.
class SpreadCount {
 public:
  void add() noexcept;
  std::uint64_t get() const noexcept;
  /// The time of the last add(), in unix_seconds(); 0: none.
  std::int64_t last() const noexcept;
  void reset() noexcept;

 private:
  struct alignas(64) Line {
    Count count;
    Level last;
  };
  std::array<Line, 32> lines_;
};

/// A histogram of durations, in fixed buckets.
class Durations {
 public:
  /// The buckets' upper bounds, inclusive. One more bucket follows, without a bound.
  static constexpr std::array<std::chrono::microseconds, 15> kBounds = [] {
    using std::chrono::microseconds;
    return std::array{microseconds(250),       microseconds(500),       microseconds(1'000),
                      microseconds(2'500),     microseconds(5'000),     microseconds(10'000),
                      microseconds(25'000),    microseconds(50'000),    microseconds(100'000),
                      microseconds(250'000),   microseconds(500'000),   microseconds(1'000'000),
                      microseconds(2'500'000), microseconds(5'000'000), microseconds(10'000'000)};
  }();

  void add(std::chrono::steady_clock::duration took) noexcept;
  /// The count of this bucket only, not cumulative; kBounds.size() is the bucket without a bound.
  std::uint64_t in_bucket(std::size_t bucket) const noexcept { return buckets_[bucket].get(); }
  std::chrono::microseconds total() const noexcept;
  void reset() noexcept;

 private:
  std::array<Count, kBounds.size() + 1> buckets_;
  Count total_us_;
};

/// One node of a cluster, as seen by the requests that were sent to it.
struct NodeCounts {
  std::atomic<const char*> url{nullptr};  ///< null: the entry is unused; never freed
  Level unhealthy;                        ///< 1: avoided, or known not to respond
  Count failures;                         ///< how often it became unhealthy
  // The expiry of the certificates of the newest connection, in unix_seconds(); 0: not known.
  Level device_certificate_ends;  ///< the earliest in the verified chain
  Level client_certificate_ends;
};

/// Counts since the process started or was forked. Belongs to the process, not to a pipeline or an
/// instance: the I/O threads can read it without a lock, and unloading the provider loses nothing.
struct Counts {
  /// The maximum number of operations (n200/operation.h), which are the indices of ByOperation.
  static constexpr std::size_t kMaxOperations = 16;
  template <class T>
  using ByOperation = std::array<T, kMaxOperations>;
  static constexpr std::size_t kReasons = static_cast<std::size_t>(kLastReason) + 1;

  // Counted by the I/O thread.
  alignas(64) ByOperation<Count> requests;  ///< passed to libcurl
  ByOperation<Durations> durations;         ///< of answered requests, from sending to the end of the reply
  Level in_flight;
  Count connections_opened;   ///< sockets, including those that failed to connect
  Level connections_open;     ///< of those, currently open
  Level connections_allowed;  ///< the device's limit, as far as it was detected; 0: none
  // Counted by the callers' threads, while the I/O thread sleeps.
  alignas(64) Count wake_ups;
  // Counted by the callers' threads, rarely.
  ByOperation<Count> retries;
  std::array<Count, kReasons> failures;  ///< raised to OpenSSL, by Reason
  std::array<Level, kReasons>
      last_failures;     ///< when the last of them was raised, in unix_seconds(); 0: none
  Count audit_failures;  ///< audit records that could not be written
  Count key_cache_hits;  ///< lookups without a request of their own
  Count key_cache_misses;
  static constexpr std::size_t kMaxNodes = 16;
  std::array<NodeCounts, kMaxNodes> nodes;  ///< the first ones configured in this process
  // Counted by the callers' threads, often.
  SpreadCount signatures;  ///< made by the device

  void failed(Reason reason) noexcept;

  std::uint64_t all_requests() const noexcept;
  std::uint64_t all_retries() const noexcept;
  std::uint64_t all_failures() const noexcept;

  /// The counters of that node, added if it is new; nullptr: kMaxNodes are in use, or out of memory.
  NodeCounts* of_node(const std::string& url) noexcept;

  /// Resets the counters if this is not the process that was counted so far, but a forked child.
  void begin_in_this_process() noexcept;

 private:
  void reset() noexcept;
  std::atomic<pid_t> process_{0};
};

/// The counters of this process.
Counts& counts() noexcept;

}  // namespace sesam::metrics
