// SPDX-License-Identifier: Apache-2.0
// Waiting inside an OpenSSL ASYNC_JOB: the job pauses instead of the thread.
#pragma once

#include <openssl/async.h>

#include <chrono>

namespace sesam::transport {

struct Call;
class Bell;

/// How the I/O thread notifies a paused job that its call is done: through the application's callback if the
/// job's wait context has one, otherwise through a descriptor that the application polls. Movable; empty
/// outside a job.
class Notify {
 public:
  Notify() noexcept = default;
  Notify(Notify&& other) noexcept;
  Notify& operator=(Notify&& other) noexcept;
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;
  ~Notify();

  /// For the job running on this thread; empty if there is none or its wait context cannot be used.
  static Notify for_current_job() noexcept;
  /// Another one for the same job: one belongs to the call, the other to the waiting thread.
  Notify share() const noexcept;
  /// Call this before each pause of the current job, which must be the job that this belongs to. false: the
  /// application cannot be notified, so do not pause.
  bool prepare_pause() const noexcept;
  explicit operator bool() const noexcept { return callback_ != nullptr || bell_ != nullptr; }
  /// The argument of the application's callback is valid only as long as the job.
  bool needs_living_job() const noexcept { return callback_ != nullptr; }
  void ring() const noexcept;

 private:
  ASYNC_callback_fn callback_ = nullptr;
  void* argument_ = nullptr;
  Bell* bell_ = nullptr;
};

/// How the pause of a job ended.
enum class Paused { answered, deadline_passed, other_process, cannot_pause };

/// Pauses the current job until the call has its outcome, as signaled by `notify`, at most until then. The
/// I/O thread may still be in the application's callback: call Handoff::leave() afterwards. The caller must
/// hold no lock and have exactly one mark on the error stack (ERR_set_mark(3)). The mark, and a held
/// cancellation (base/cancellation.h), are lifted while other code runs on this thread.
Paused pause_job_until_answered(const Call& call, const Notify& notify,
                                std::chrono::steady_clock::time_point until) noexcept;

}  // namespace sesam::transport
