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
#include "base/wiped_text.h"
#include "transport/async_wait.h"
#include "transport/pipeline.h"

namespace sesam::transport {

using Clock = std::chrono::steady_clock;

/// The bytes of a request body, which may contain a PIN: wiped when discarded; a buffer of usual size is
/// reused.
class Body {
 public:
  void assign(std::string_view bytes);
  void clear() noexcept;
  const char* data() const noexcept { return bytes_.reveal().data(); }
  std::size_t size() const noexcept { return bytes_.reveal().size(); }

 private:
  Secret bytes_;
};

/// Which side is finished with a call. The caller and the I/O thread each set their bit once; the second to
/// do so returns the call to its pool.
enum CallState : std::uint32_t {
  kAnswered = 1,  ///< the outcome is set; the I/O thread is still notifying the caller
  kDone = 2,      ///< the I/O thread no longer accesses the call
  kLeft = 4,      ///< the caller no longer accesses the call
};

struct CallSlab;

struct Call {
  /// Copies everything that the caller may free when it leaves at its deadline. Throws std::bad_alloc.
  void prepare(const Request& request);
  /// Prepares the call for the next request; wipes path, body and reply, and frees what is unusually large.
  void clear() noexcept;
  /// The part of clear() that concerns the body of the reply.
  void discard_reply() noexcept;
  bool is_done() const noexcept { return (state.load(std::memory_order_acquire) & kDone) != 0; }
  /// The outcome is set, and the I/O thread no longer changes it.
  bool has_outcome() const noexcept {
    return (state.load(std::memory_order_acquire) & (kAnswered | kDone)) != 0;
  }
  /// Returns the outcome, which must be set. Throws std::bad_alloc.
  Reply take_reply();

  // The request: written by the caller, read-only afterwards.
  std::size_t endpoint = 0;
  std::size_t operation = 0;
  Method method = Method::post;
  Secret path;
  bool path_is_fixed = true;  ///< the same for every request of the operation: may be cached
  Body body;
  std::size_t reply_cap_bytes = 0;
  bool repeatable = false;
  Clock::time_point deadline;
  bool is_rest = false;  ///< there is no request: the call is done at its deadline
  Notify notify;         ///< how to wake an ASYNC_JOB; empty: the caller sleeps on its wait word
  HealthFlag health;     ///< set for a probe, which has no waiting caller

  std::uint64_t arrival = 0;  ///< order of arrival in Admission

  // The outcome: written by the I/O thread before kDone.
  Failure failure = Failure::other;
  bool may_have_acted = false;
  bool server_answers_others = false;
  bool has_another_address = false;
  int status = 0;
  long retry_after_s = 0;
  std::string location;
  WipedText reply;
  std::string message;

  std::atomic<std::uint32_t> state{0};
  std::atomic<bool> sent{false};  ///< libcurl has begun to send the request
  std::uint32_t ticket = 0;       ///< identifies the wait word and the bit in it
  Call* next = nullptr;           ///< link in the list that holds it: inbox, queue or completed
  CallSlab* slab = nullptr;       ///< the slab that it belongs to
};

/// A pool of calls, safe from any thread.
class CallPool {
 public:
  CallPool() = default;
  ~CallPool();
  CallPool(const CallPool&) = delete;
  CallPool& operator=(const CallPool&) = delete;

  /// nullptr: out of memory, or more than 32,768 calls in use.
  Call* take() noexcept;
  static void give_back(Call& call) noexcept;

 private:
  SlabList<CallSlab, 1024> slabs_;
};

}  // namespace sesam::transport
