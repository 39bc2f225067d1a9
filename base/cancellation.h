// SPDX-License-Identifier: Apache-2.0
// Defers pthread_cancel(3) while a thread is inside this module.
#pragma once

namespace sesam {

/// Defers the cancellation of its thread for the lifetime of the object. Otherwise the stack would be
/// unwound through noexcept functions, which ends the process, and locks would stay held. The outermost
/// object of a thread restores the state that the application had set (pthread_setcancelstate(3)).
class HeldCancellation {
 public:
  HeldCancellation() noexcept;
  ~HeldCancellation();
  HeldCancellation(const HeldCancellation&) = delete;
  HeldCancellation& operator=(const HeldCancellation&) = delete;

 private:
  friend class ReleasedCancellation;
  int before_ = 0;
  bool is_outermost_ = false;
};

/// Restores the application's cancellation state while an ASYNC_JOB is paused, as the
/// application's own code runs on this thread then. The job may be resumed on another thread.
class ReleasedCancellation {
 public:
  ReleasedCancellation() noexcept;
  ~ReleasedCancellation();
  ReleasedCancellation(const ReleasedCancellation&) = delete;
  ReleasedCancellation& operator=(const ReleasedCancellation&) = delete;

 private:
  HeldCancellation* held_;
};

}  // namespace sesam
