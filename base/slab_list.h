// SPDX-License-Identifier: Apache-2.0
// A pool of objects of one type, allocated in slabs as needed
// and reused. Lock-free, as fork may happen at any time.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <limits>

namespace sesam {

/// The free places of a slab, one bit each in a single word.
/// Unlike a linked free list, this has no ABA problem.
template <class Word>
class FreePlaces {
 public:
  static constexpr int kCount = std::numeric_limits<Word>::digits;

  /// Returns the place that was acquired; -1: none is free.
  int acquire() noexcept {
    Word free = free_.load(std::memory_order_relaxed);
    while (free != 0)
      if (free_.compare_exchange_weak(free, free & (free - 1), std::memory_order_acquire,
                                      std::memory_order_relaxed))
        return std::countr_zero(free);
    return -1;
  }
  void release(std::size_t place) noexcept { free_.fetch_or(Word{1} << place, std::memory_order_release); }

 private:
  std::atomic<Word> free_{std::numeric_limits<Word>::max()};
};

/// Up to kMaxSlabs slabs, which are filled in order.
template <class Slab, std::size_t kMaxSlabs>
class SlabList {
 public:
  /// Returns the first non-null result of `acquire_in(slab)`, in an existing slab or one that `make()`
  /// makes; null: out of memory, or all slabs full. `drop(slab)` undoes make() if another thread was faster.
  template <class Acquire, class Make, class Drop>
  auto acquire(Acquire acquire_in, Make make, Drop drop) noexcept -> decltype(acquire_in(*make())) {
    for (auto& entry : slabs_) {
      Slab* slab = entry.load(std::memory_order_acquire);
      if (slab == nullptr) {
        Slab* const made = make();
        if (made == nullptr) return nullptr;
        if (entry.compare_exchange_strong(slab, made, std::memory_order_acq_rel))
          slab = made;
        else
          drop(made);
      }
      if (auto* found = acquire_in(*slab)) return found;
    }
    return nullptr;
  }
  /// The first slab for which the predicate holds; null: none.
  template <class Predicate>
  Slab* find(Predicate predicate) const noexcept {
    for (const auto& entry : slabs_) {
      Slab* const slab = entry.load(std::memory_order_acquire);
      if (slab == nullptr || predicate(*slab)) return slab;
    }
    return nullptr;
  }
  template <class Drop>
  void drop_all(Drop drop) noexcept {
    for (auto& entry : slabs_)
      if (Slab* const slab = entry.exchange(nullptr, std::memory_order_acquire)) drop(slab);
  }

 private:
  std::array<std::atomic<Slab*>, kMaxSlabs> slabs_{};
};

}  // namespace sesam
