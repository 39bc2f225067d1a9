// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"

#include <openssl/crypto.h>

#include <atomic>

namespace sesam {
namespace {

// An atomic instead of a guarded static: a guard that another thread holds at fork stays locked in the child.
constinit std::atomic<OSSL_LIB_CTX*> context{nullptr};

}  // namespace

OSSL_LIB_CTX* private_libctx() noexcept {
  if (auto* made = context.load(std::memory_order_acquire)) return made;
  OSSL_LIB_CTX* fresh = OSSL_LIB_CTX_new();
  OSSL_LIB_CTX* expected = nullptr;
  if (context.compare_exchange_strong(expected, fresh, std::memory_order_acq_rel)) return fresh;
  OSSL_LIB_CTX_free(fresh);
  return expected;
}

void forget_private_libctx() noexcept { context.store(nullptr, std::memory_order_relaxed); }

}  // namespace sesam
