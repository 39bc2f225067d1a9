// SPDX-License-Identifier: Apache-2.0
#include "base/quiet_write.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

#include "base/blocked_signals.h"

namespace sesam {
namespace {

sigset_t signals_of_write() noexcept {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  sigaddset(&signals, SIGXFSZ);
  return signals;
}

// The signal that write(2) raises with this errno; 0: none.
int signal_of(int error) noexcept { return error == EPIPE ? SIGPIPE : error == EFBIG ? SIGXFSZ : 0; }

// Discards a signal that write(2) raised: the kernel sent it to this thread, where it is blocked and pending.
void consume(int number) noexcept {
  sigset_t signal;
  sigemptyset(&signal);
  sigaddset(&signal, number);
  const timespec at_once{};
  while (sigtimedwait(&signal, nullptr, &at_once) == -1 && errno == EINTR) {
  }
}

}  // namespace

ssize_t write_quietly(int fd, std::string_view text) noexcept {
  const BlockedSignals blocked(signals_of_write());
  sigset_t pending_before;
  sigemptyset(&pending_before);
  sigpending(&pending_before);
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int error = errno;
  const int number = written == -1 ? signal_of(error) : 0;
  if (number != 0 && sigismember(&pending_before, number) == 0) consume(number);
  errno = error;
  return written;
}

}  // namespace sesam
