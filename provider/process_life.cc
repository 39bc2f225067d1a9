// SPDX-License-Identifier: Apache-2.0
#include "provider/process_life.h"

#include <pthread.h>

#include <atomic>
#include <cstdlib>

#include "base/counts.h"
#include "base/crypto.h"
#include "base/process_state.h"
#include "n200/http/pipeline.h"
#include "n200/reply.h"
#include "signature/digests.h"

namespace sesam::provider {
namespace {

void prepare() noexcept {
  ProcessMutex::lock_all();
  n200::http::before_fork();
}

void in_parent() noexcept {
  n200::http::after_fork_parent();
  ProcessMutex::unlock_all();
}

void in_child() noexcept {
  ProcessMutex::renew_all();
  n200::http::after_fork_child();
  counts().begin_in_this_process();
  signature::forget_digests();
  forget_private_libctx();
}

void at_exit() noexcept {
  n200::end_outliving_exit();
  n200::http::stop_all(n200::http::Stop::for_good);
}

}  // namespace

void register_process_life() noexcept {
  static std::atomic_flag registered = ATOMIC_FLAG_INIT;
  if (registered.test_and_set()) return;
  n200::begin_outliving_exit();
  counts().begin_in_this_process();
  std::atexit(&at_exit);
  pthread_atfork(&prepare, &in_parent, &in_child);
}

}  // namespace sesam::provider
