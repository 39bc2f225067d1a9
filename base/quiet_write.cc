// SPDX-License-Identifier: Apache-2.0
#include "base/quiet_write.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <initializer_list>

namespace sesam {
namespace {

sigset_t set_of(std::initializer_list<int> numbers) noexcept {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : numbers) sigaddset(&signals, number);
  return signals;
}

sigset_t pending() noexcept {
  sigset_t signals = set_of({});
  sigpending(&signals);
  return signals;
}

// The signal that write(2) raises with this errno; 0: none.
int signal_of(int error) noexcept { return error == EPIPE ? SIGPIPE : error == EFBIG ? SIGXFSZ : 0; }

// Discards a signal that write(2) raised: the kernel sent it to this thread, where it is blocked and pending.
void consume(int number) noexcept {
  const sigset_t signal = set_of({number});
  const timespec at_once{};
  while (sigtimedwait(&signal, nullptr, &at_once) == -1 && errno == EINTR) {
  }
}

}  // namespace

ssize_t write_quietly(int fd, std::string_view text) noexcept {
  const BlockedSignals blocked(set_of({SIGPIPE, SIGXFSZ}));
  const sigset_t pending_before = pending();
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int error = errno;
  const int number = written == -1 ? signal_of(error) : 0;
  if (number != 0 && sigismember(&pending_before, number) == 0) consume(number);
  errno = error;
  return written;
}

NoSigpipe::NoSigpipe() noexcept : blocked_(set_of({SIGPIPE})) {
  const sigset_t before = pending();
  was_pending_ = sigismember(&before, SIGPIPE) == 1;
}

NoSigpipe::~NoSigpipe() {
  if (!was_pending_) consume(SIGPIPE);
}

}  // namespace sesam
