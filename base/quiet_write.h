// SPDX-License-Identifier: Apache-2.0
// Writes to files and pipes that other programs control.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "base/blocked_signals.h"

namespace sesam {

/// write(2) without its signals: a pipe without a reader (SIGPIPE) and a file at
/// its size limit (SIGXFSZ, setrlimit(2)) are reported by errno only, whatever the
/// program does with these signals. A signal that was pending before stays pending.
ssize_t write_quietly(int fd, std::string_view text) noexcept;

/// For a library that writes to a socket itself: while this object exists, the calling
/// thread gets EPIPE without SIGPIPE. A signal that was pending before stays pending.
class NoSigpipe {
 public:
  NoSigpipe() noexcept;
  ~NoSigpipe();
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  BlockedSignals blocked_;
  bool was_pending_;
};

}  // namespace sesam
