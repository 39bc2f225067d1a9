// SPDX-License-Identifier: Apache-2.0
// Keeps pthread_cancel(3) from ending a thread that is inside this module.
#pragma once

namespace sesam {

/// As long as one lives, a cancellation of its thread waits: the stack would be unwound through functions
/// that are noexcept, which ends the process, and locks would stay taken. The outermost one of a thread
/// restores what the application had set (pthread_setcancelstate(3)).
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

/// Around the pause of an ASYNC_JOB: the application's code runs on this thread meanwhile, as the application
/// has set it. The job may go on in another thread.
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
