// SPDX-License-Identifier: Apache-2.0
// Blocks signals in the calling thread for the lifetime of an object.
#pragma once

#include <pthread.h>

#include <csignal>

namespace sesam {

/// Blocks `signals` in addition to those already blocked; the destructor restores the previous
/// mask (pthread_sigmask(3)). A thread that is created meanwhile inherits the mask and keeps it.
class BlockedSignals {
 public:
  explicit BlockedSignals(const sigset_t& signals) noexcept {
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace sesam
