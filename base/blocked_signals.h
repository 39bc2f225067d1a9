// SPDX-License-Identifier: Apache-2.0
// Keeps signals from this thread for a while.
#pragma once

#include <pthread.h>

#include <csignal>

namespace sesam {

/// Blocks them besides what is blocked already, until the end of its life (pthread_sigmask(3)). A thread that
/// is created meanwhile has them blocked for good.
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
