// SPDX-License-Identifier: Apache-2.0
// What this process has done so far, in numbers: for the provider's parameters and the metrics file.
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

/// One counter. Relaxed: nothing else is ordered by it.
class Count {
 public:
  void add(std::uint64_t more = 1) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }
  void reset() noexcept { value_.store(0, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many there are at the moment.
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

/// The clock's time in whole seconds since 1970, UTC.
std::int64_t unix_seconds() noexcept;

/// A counter for threads that work side by side: each adds to a cache line that few others use.
class SpreadCount {
 public:
  void add() noexcept;
  std::uint64_t get() const noexcept;
  /// When something was added last: unix_seconds(), or 0.
  std::int64_t last() const noexcept;
  void reset() noexcept;

 private:
  struct alignas(64) Line {
    Count count;
    Level last;
  };
  std::array<Line, 32> lines_;
};

/// How many took how long, in fixed buckets.
class Durations {
 public:
  /// The buckets' upper bounds, inclusive. One more bucket has no bound.
  static constexpr std::array<std::chrono::microseconds, 15> kBounds = [] {
    using std::chrono::microseconds;
    return std::array{microseconds(250),       microseconds(500),       microseconds(1'000),
                      microseconds(2'500),     microseconds(5'000),     microseconds(10'000),
                      microseconds(25'000),    microseconds(50'000),    microseconds(100'000),
                      microseconds(250'000),   microseconds(500'000),   microseconds(1'000'000),
                      microseconds(2'500'000), microseconds(5'000'000), microseconds(10'000'000)};
  }();

  void add(std::chrono::steady_clock::duration took) noexcept;
  /// Of one bucket alone, not of those below it; kBounds.size() is the one without a bound.
  std::uint64_t in_bucket(std::size_t bucket) const noexcept { return buckets_[bucket].get(); }
  std::chrono::microseconds total() const noexcept;
  void reset() noexcept;

 private:
  std::array<Count, kBounds.size() + 1> buckets_;
  Count total_us_;
};

/// One node of a cluster, as the operations that asked it saw it.
struct NodeCounts {
  std::atomic<const char*> url{nullptr};  ///< null: a free place; never freed
  Level unhealthy;                        ///< 1: avoided, or known not to respond
  Count failures;                         ///< how often it became so
  // When a certificate of the newest connection ends, in unix_seconds(); 0: not known.
  Level device_certificate_ends;  ///< the earliest of the chain that was verified
  Level client_certificate_ends;
};

/// Since the process started, or forked. State of the process, not of one pipeline or instance: the I/O
/// threads can read it without a lock, and nothing gets lost with an unload.
struct Counts {
  /// What a request is for: a number, whose meaning n200/wire.h knows.
  static constexpr std::size_t kMaxOperations = 16;
  template <class T>
  using ByOperation = std::array<T, kMaxOperations>;
  static constexpr std::size_t kReasons = static_cast<std::size_t>(kLastReason) + 1;

  // Counted by the I/O thread.
  alignas(64) ByOperation<Count> requests;  ///< handed to libcurl
  ByOperation<Durations> durations;         ///< of those that were answered, from sending to the reply's end
  Level in_flight;
  Count connections_opened;   ///< sockets, also those that got nowhere
  Level connections_open;     ///< of them
  Level connections_allowed;  ///< by the device, as far as it was found to limit them; 0: it was not
  // By the callers' threads, where the I/O thread sleeps.
  alignas(64) Count wake_ups;
  // By the callers' threads, seldom.
  ByOperation<Count> retries;
  std::array<Count, kReasons> failures;  ///< raised to OpenSSL, by Reason
  std::array<Level, kReasons>
      last_failures;     ///< when the last of them was raised, in unix_seconds(); 0: none
  Count audit_failures;  ///< records of the audit that could not be written
  Count key_cache_hits;  ///< answered without a request of one's own
  Count key_cache_misses;
  static constexpr std::size_t kMaxNodes = 16;
  std::array<NodeCounts, kMaxNodes> nodes;  ///< the first ones configured in this process
  // By the callers' threads, often.
  SpreadCount signatures;  ///< that the device made

  void failed(Reason reason) noexcept;

  std::uint64_t all_requests() const noexcept;
  std::uint64_t all_retries() const noexcept;
  std::uint64_t all_failures() const noexcept;

  /// The place of that node, taken when there is none; nullptr: there is no place left, or no memory.
  NodeCounts* of_node(const std::string& url) noexcept;

  /// Begins at zero in a process that is not the one counted for so far: a forked child.
  void begin_in_this_process() noexcept;

 private:
  void reset() noexcept;
  std::atomic<pid_t> process_{0};
};

/// The one of this process.
Counts& counts() noexcept;

}  // namespace sesam::metrics
