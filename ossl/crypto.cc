// SPDX-License-Identifier: Apache-2.0
#include "ossl/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <atomic>
#include <memory>
#include <new>

#include "ossl/handles.h"

namespace sesam::ossl {
namespace {

// An atomic instead of a guarded static: a guard that another thread holds at fork stays locked in the child.
constinit std::atomic<OSSL_LIB_CTX*> context{nullptr};

using KeyMgmt = std::unique_ptr<EVP_KEYMGMT, FreeWith<&EVP_KEYMGMT_free>>;
using SignatureMethod = std::unique_ptr<EVP_SIGNATURE, FreeWith<&EVP_SIGNATURE_free>>;

// The first fetch of an algorithm takes write locks, later ones only read locks. So it must precede the
// publication of the context: a child forked during it would wait forever when it uses a public key of its
// parent. Also detects a context whose default provider could not be created, which would never get one.
bool has_fetched(OSSL_LIB_CTX* fresh) noexcept {
  return KeyMgmt(EVP_KEYMGMT_fetch(fresh, "EC", nullptr)) &&
         KeyMgmt(EVP_KEYMGMT_fetch(fresh, "RSA", nullptr)) &&
         SignatureMethod(EVP_SIGNATURE_fetch(fresh, "ECDSA", nullptr)) &&
         SignatureMethod(EVP_SIGNATURE_fetch(fresh, "RSA", nullptr)) &&
         Md(EVP_MD_fetch(fresh, "SHA256", nullptr));
}

}  // namespace

OSSL_LIB_CTX* private_libctx() {
  if (auto* made = context.load(std::memory_order_acquire)) return made;
  LibCtx fresh(OSSL_LIB_CTX_new());
  if (!fresh || !has_fetched(fresh.get())) throw std::bad_alloc();
  OSSL_LIB_CTX* expected = nullptr;
  if (context.compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel))
    return fresh.release();
  return expected;
}

void forget_private_libctx() noexcept { context.store(nullptr, std::memory_order_relaxed); }

}  // namespace sesam::ossl
