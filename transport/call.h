// SPDX-License-Identifier: Apache-2.0
// A call: one request on its way through the pipeline, shared by the caller's thread and the I/O thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/slab_list.h"
#include "transport/async_wait.h"
#include "transport/pipeline.h"

namespace sesam::transport {

using Clock = std::chrono::steady_clock;

/// The bytes of a request body, which may hold a PIN: wiped when they are dropped, the buffer reused.
class Body {
 public:
  void assign(std::string_view bytes);
  void clear() noexcept { bytes_.clear(); }
  const char* data() const noexcept { return bytes_.reveal().data(); }
  std::size_t size() const noexcept { return bytes_.reveal().size(); }

 private:
  Secret bytes_;
};

/// Who is through with a call. Caller and I/O thread each set their bit once; the one that comes second gives
/// it back.
enum CallState : std::uint32_t {
  kAnswered = 1,  ///< the outcome is there, the I/O thread is still telling the caller
  kDone = 2,      ///< the I/O thread never touches the call again
  kLeft = 4,      ///< the caller never touches the call again
};

struct CallSlab;

struct Call {
  /// Takes copies of what the caller may drop when it leaves at its deadline. Throws std::bad_alloc.
  void prepare(const Request& request);
  /// Makes the call fit for the next request; wipes path and body.
  void clear() noexcept;
  bool is_done() const noexcept { return (state.load(std::memory_order_acquire) & kDone) != 0; }
  /// Moves the outcome out, once the call is done.
  Reply take_reply();

  // The request: written by the caller, then only read.
  std::size_t endpoint = 0;
  std::size_t operation = 0;
  Method method = Method::post;
  Secret path;
  bool path_is_fixed = true;  ///< it may be kept for the next request
  Body body;
  std::size_t reply_cap_bytes = 0;
  bool repeatable = false;
  Clock::time_point deadline;
  bool is_rest = false;  ///< there is no request: done at the deadline
  Notify notify;         ///< how to wake an ASYNC_JOB; empty: the caller sleeps on its wait word
  HealthFlag health;     ///< of a probe, for which nobody waits

  std::uint64_t arrival = 0;  ///< its turn in Admission

  // The outcome: written by the I/O thread before kDone.
  Failure failure = Failure::other;
  bool may_have_acted = false;
  bool server_answers_others = false;
  bool has_another_address = false;
  int status = 0;
  long retry_after_s = 0;
  std::string location;
  std::string reply;
  std::string message;

  std::atomic<std::uint32_t> state{0};
  std::atomic<bool> sent{false};  ///< libcurl has begun to send it
  std::uint32_t ticket = 0;       ///< names the wait word and the bit in it
  Call* next = nullptr;           ///< in whatever list holds it: inbox, queue, completed
  CallSlab* slab = nullptr;       ///< where it goes back to
};

/// Calls for any number of threads.
class CallPool {
 public:
  CallPool() = default;
  ~CallPool();
  CallPool(const CallPool&) = delete;
  CallPool& operator=(const CallPool&) = delete;

  /// nullptr: out of memory, or more than 32,768 callers at a time.
  Call* take() noexcept;
  static void give_back(Call& call) noexcept;

 private:
  SlabList<CallSlab, 1024> slabs_;
};

}  // namespace sesam::transport
