// SPDX-License-Identifier: Apache-2.0
#include "base/cancellation.h"

#include <pthread.h>

#include "base/process_state.h"

namespace sesam {
namespace {

// The outermost HeldCancellation of each thread. Not a thread_local variable:
// for a module that is loaded later, each thread would have to allocate it.
class OfThread {
 public:
  OfThread() noexcept : is_made_(pthread_key_create(&key_, nullptr) == 0) {}
  HeldCancellation* get() const noexcept {
    return is_made_ ? static_cast<HeldCancellation*>(pthread_getspecific(key_)) : nullptr;
  }
  void set(HeldCancellation* held) const noexcept {
    if (is_made_) pthread_setspecific(key_, held);
  }

 private:
  pthread_key_t key_{};
  bool is_made_;  // false: no thread keys left (PTHREAD_KEYS_MAX); a pause keeps cancellation off
};

const OfThread& of_thread() noexcept { return process_state<OfThread>(); }

}  // namespace

HeldCancellation::HeldCancellation() noexcept {
  const OfThread& outermost = of_thread();
  if (outermost.get() != nullptr) return;
  is_outermost_ = true;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_);
  outermost.set(this);
}

HeldCancellation::~HeldCancellation() {
  if (!is_outermost_) return;
  of_thread().set(nullptr);
  pthread_setcancelstate(before_, nullptr);
}

ReleasedCancellation::ReleasedCancellation() noexcept : held_(of_thread().get()) {
  if (held_ == nullptr) return;
  of_thread().set(nullptr);
  pthread_setcancelstate(held_->before_, nullptr);
}

ReleasedCancellation::~ReleasedCancellation() {
  if (held_ == nullptr) return;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &held_->before_);
  of_thread().set(held_);
}

}  // namespace sesam
