// SPDX-License-Identifier: Apache-2.0
#include "base/process_state.h"

#include <array>
#include <cstddef>
#include <new>

namespace sesam {
namespace {

constexpr std::size_t kRanks = static_cast<std::size_t>(MutexRank::count);

// One slot per rank: each rank has exactly one mutex, so the order is total. Constant-initialised.
std::array<std::atomic<ProcessMutex*>, kRanks> by_rank{};
// The mutexes that lock_all() locked; written only by the thread that holds them. More may be made meanwhile.
std::array<ProcessMutex*, kRanks> taken{};
std::atomic<unsigned> generation{0};

}  // namespace

ProcessMutex::ProcessMutex(MutexRank rank) noexcept {
  by_rank[static_cast<std::size_t>(rank)].store(this, std::memory_order_release);
}

void ProcessMutex::lock_all() noexcept {
  std::array<ProcessMutex*, kRanks> held{};
  for (std::size_t i = 0; i < kRanks; ++i) {
    held[i] = by_rank[i].load(std::memory_order_acquire);
    if (held[i] != nullptr) held[i]->lock();
  }
  taken = held;
}

void ProcessMutex::unlock_all() noexcept {
  const auto held = taken;
  for (auto mutex = held.rbegin(); mutex != held.rend(); ++mutex)
    if (*mutex != nullptr) (*mutex)->unlock();
}

void ProcessMutex::renew_all() noexcept {
  for (auto* mutex : taken)
    if (mutex != nullptr) new (&mutex->mutex_) std::mutex;
  generation.fetch_add(1, std::memory_order_relaxed);
}

unsigned fork_generation() noexcept { return generation.load(std::memory_order_relaxed); }

}  // namespace sesam
