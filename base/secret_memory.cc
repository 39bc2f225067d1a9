// SPDX-License-Identifier: Apache-2.0
#include "base/secret_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>

namespace sesam {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kSlots = 64;  // of a slab: one word says which of them are free
constexpr std::size_t kMostSlabs = 64;

char* map_pages(std::size_t bytes) noexcept {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // Both as well as can be: an old kernel or a low limit is no reason to fail.
  static_cast<void>(::madvise(memory, bytes, MADV_DONTDUMP));
  static_cast<void>(::mlock(memory, bytes));
  return static_cast<char*>(memory);
}

struct Slab {
  std::atomic<std::uint64_t> free{~std::uint64_t{0}};
  char* memory = nullptr;
};

// Slots of one size. A word of bits has no ABA problem, a linked free list would. Never freed: secrets
// outlive everything else.
class Pool {
 public:
  explicit constexpr Pool(std::size_t slot_bytes) noexcept : slot_bytes_(slot_bytes) {}
  std::size_t slot_bytes() const noexcept { return slot_bytes_; }

  char* take() noexcept {
    for (auto& entry : slabs_) {
      Slab* slab = entry.load(std::memory_order_acquire);
      if (slab == nullptr && (slab = add_slab(entry)) == nullptr) return nullptr;
      std::uint64_t free = slab->free.load(std::memory_order_relaxed);
      while (free != 0) {
        const auto slot = static_cast<std::size_t>(std::countr_zero(free));
        if (slab->free.compare_exchange_weak(free, free & (free - 1), std::memory_order_acquire,
                                             std::memory_order_relaxed))
          return slab->memory + slot * slot_bytes_;
      }
    }
    return nullptr;
  }

  // False if the memory is none of ours.
  bool give_back(const char* memory) noexcept {
    for (auto& entry : slabs_) {
      Slab* slab = entry.load(std::memory_order_acquire);
      if (slab == nullptr) return false;
      const auto offset =
          reinterpret_cast<std::uintptr_t>(memory) - reinterpret_cast<std::uintptr_t>(slab->memory);
      if (offset >= kSlots * slot_bytes_) continue;
      slab->free.fetch_or(std::uint64_t{1} << (offset / slot_bytes_), std::memory_order_release);
      return true;
    }
    return false;
  }

 private:
  Slab* add_slab(std::atomic<Slab*>& entry) const noexcept {
    auto* made = new (std::nothrow) Slab;
    if (made == nullptr || (made->memory = map_pages(kSlots * slot_bytes_)) == nullptr) {
      delete made;
      return nullptr;
    }
    Slab* known = nullptr;
    if (entry.compare_exchange_strong(known, made, std::memory_order_acq_rel)) return made;
    ::munmap(made->memory, kSlots * slot_bytes_);  // another thread was faster
    delete made;
    return known;
  }

  const std::size_t slot_bytes_;
  std::array<std::atomic<Slab*>, kMostSlabs> slabs_{};
};

// A password or PIN, a request, a file. Constant-initialised.
constinit std::array<Pool, 3> pools{Pool(64), Pool(512), Pool(kPageBytes)};

}  // namespace

std::span<char> take_secret_memory(std::size_t bytes) {
  for (auto& pool : pools) {
    if (bytes > pool.slot_bytes()) continue;
    if (char* slot = pool.take()) return {slot, pool.slot_bytes()};
  }
  const std::size_t whole = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  char* pages = whole < bytes ? nullptr : map_pages(whole);
  if (pages == nullptr) throw std::bad_alloc();
  return {pages, whole};
}

void give_back_secret_memory(std::span<char> memory) noexcept {
  if (memory.empty()) return;
  OPENSSL_cleanse(memory.data(), memory.size());
  for (auto& pool : pools)
    if (memory.size() == pool.slot_bytes() && pool.give_back(memory.data())) return;
  ::munmap(memory.data(), memory.size());
}

}  // namespace sesam
