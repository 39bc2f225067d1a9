// SPDX-License-Identifier: Apache-2.0
#include "provider/process_life.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdlib>

#include "base/cancellation.h"
#include "base/process_state.h"
#include "metrics/counts.h"
#include "n200/reply.h"
#include "ossl/call_gate.h"
#include "ossl/crypto.h"
#include "signature/digests.h"
#include "transport/process_life.h"

namespace sesam::provider {
namespace {

void prepare() noexcept {
  const HeldCancellation held;
  ProcessMutex::lock_all();
  transport::before_fork();
}

void in_parent() noexcept {
  const HeldCancellation held;
  transport::after_fork_parent();
  ProcessMutex::unlock_all();
}

void in_child() noexcept {
  const HeldCancellation held;
  ProcessMutex::renew_all();
  transport::after_fork_child();
  ossl::call_gate().forget_calls();
  metrics::counts().begin_in_this_process();
  signature::forget_digests();
  ossl::forget_private_libctx();
}

// stop_all() fails the calls that wait for the device. Other calls end within milliseconds, except one
// that prompts for a PIN, and one that itself called exit(3): these are not waited for any longer.
constexpr std::chrono::milliseconds kCallsMayTake{300};

void at_exit() noexcept {
  const HeldCancellation held;
  ossl::call_gate().close();
  n200::end_outliving_exit();
  transport::stop_all(transport::Stop::for_good);
  ossl::call_gate().wait_until_empty(std::chrono::steady_clock::now() + kCallsMayTake);
}

}  // namespace

void register_process_life() noexcept {
  static std::atomic_flag registered = ATOMIC_FLAG_INIT;
  if (registered.test_and_set()) return;
  n200::begin_outliving_exit();
  metrics::counts().begin_in_this_process();
  std::atexit(&at_exit);
  pthread_atfork(&prepare, &in_parent, &in_child);
}

}  // namespace sesam::provider
