// SPDX-License-Identifier: Apache-2.0
#include "base/secret_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <new>

#include "base/slab_list.h"

namespace sesam {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kMaxSlabs = 64;

char* map_pages(std::size_t bytes) noexcept {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  // Best effort: an old kernel or a low limit (RLIMIT_MEMLOCK) is not a reason to fail.
  static_cast<void>(::madvise(memory, bytes, MADV_DONTDUMP));
  static_cast<void>(::mlock(memory, bytes));
  return static_cast<char*>(memory);
}

struct Slab {
  FreePlaces<std::uint64_t> free;
  char* memory = nullptr;
};

// Memory blocks of one size. Never freed: secrets outlive everything else.
class Pool {
 public:
  explicit constexpr Pool(std::size_t place_bytes) noexcept : place_bytes_(place_bytes) {}
  std::size_t place_bytes() const noexcept { return place_bytes_; }

  char* acquire() noexcept {
    return slabs_.acquire(
        [&](Slab& slab) -> char* {
          const int place = slab.free.acquire();
          return place == -1 ? nullptr : slab.memory + static_cast<std::size_t>(place) * place_bytes_;
        },
        [&] { return make_slab(); },
        [&](Slab* slab) {
          ::munmap(slab->memory, slab_bytes());
          delete slab;
        });
  }

  // False if the memory is not from this pool.
  bool release(const char* memory) noexcept {
    std::size_t offset = 0;
    Slab* const slab = slabs_.find([&](const Slab& one) {
      offset = static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(memory) -
                                        reinterpret_cast<std::uintptr_t>(one.memory));
      return offset < slab_bytes();
    });
    if (slab == nullptr) return false;
    slab->free.release(offset / place_bytes_);
    return true;
  }

 private:
  std::size_t slab_bytes() const noexcept { return FreePlaces<std::uint64_t>::kCount * place_bytes_; }
  Slab* make_slab() const noexcept {
    auto* made = new (std::nothrow) Slab;
    if (made != nullptr && (made->memory = map_pages(slab_bytes())) != nullptr) return made;
    delete made;
    return nullptr;
  }

  const std::size_t place_bytes_;
  SlabList<Slab, kMaxSlabs> slabs_;
};

// For a password or PIN, a request, and a file. Constant-initialised.
constinit std::array<Pool, 3> pools{Pool(64), Pool(512), Pool(kPageBytes)};

}  // namespace

std::span<char> take_secret_memory(std::size_t bytes) {
  for (auto& pool : pools) {
    if (bytes > pool.place_bytes()) continue;
    if (char* place = pool.acquire()) return {place, pool.place_bytes()};
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
    if (memory.size() == pool.place_bytes() && pool.release(memory.data())) return;
  ::munmap(memory.data(), memory.size());
}

}  // namespace sesam
