// SPDX-License-Identifier: Apache-2.0
#include "transport/wait_words.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <climits>
#include <ctime>
#include <utility>

namespace sesam::transport {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "a futex is the plain word");

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* deadline,
           std::uint32_t bits) noexcept {
  return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, deadline, nullptr, bits);
}

}  // namespace

bool WaitWords::wait(std::uint32_t ticket, std::uint32_t seen,
                     std::chrono::steady_clock::time_point deadline) noexcept {
  // FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC, which is what steady_clock is.
  using std::chrono::duration_cast, std::chrono::nanoseconds, std::chrono::seconds;
  const auto since_boot = deadline.time_since_epoch();
  const auto whole = duration_cast<seconds>(since_boot);
  timespec until{};
  until.tv_sec = whole.count();
  until.tv_nsec = duration_cast<nanoseconds>(since_boot - whole).count();
  return futex(word(ticket), FUTEX_WAIT_BITSET, seen, &until, bit(ticket)) == 0 || errno != ETIMEDOUT;
}

void WaitWords::note(std::uint32_t ticket) noexcept {
  noted_[index(ticket)] |= bit(ticket);
  noted_words_ |= std::uint64_t{1} << index(ticket);
}

void WaitWords::wake_noted() noexcept {
  for (; noted_words_ != 0; noted_words_ &= noted_words_ - 1) {
    const auto i = static_cast<unsigned>(std::countr_zero(noted_words_));
    wake(i, std::exchange(noted_[i], 0));
  }
}

// A caller that has read the word and is about to sleep finds it changed and checks its call again.
void WaitWords::wake(unsigned index, std::uint32_t bits) noexcept {
  words_[index].epoch.fetch_add(1, std::memory_order_release);
  futex(words_[index].epoch, FUTEX_WAKE_BITSET, INT_MAX, nullptr, bits);
}

}  // namespace sesam::transport
