// SPDX-License-Identifier: Apache-2.0
#include "signature/digests.h"

#include <openssl/evp.h>

#include <array>
#include <atomic>
#include <iterator>
#include <string>

#include "base/ascii_case.h"
#include "ossl/crypto.h"
#include "ossl/error_stack.h"
#include "ossl/handles.h"

namespace sesam::signature {
namespace {

constexpr Digest kDigests[] = {
    {"SHA1", "SHA-1", "", n200::Hash::sha1, 20},
    {"SHA2-224", "SHA224", "SHA-224", n200::Hash::sha224, 28},
    {"SHA2-256", "SHA256", "SHA-256", n200::Hash::sha256, 32},
    {"SHA2-384", "SHA384", "SHA-384", n200::Hash::sha384, 48},
    {"SHA2-512", "SHA512", "SHA-512", n200::Hash::sha512, 64},
    {"SHA2-512/224", "SHA512-224", "SHA-512/224", n200::Hash::sha512_224, 28},
    {"SHA2-512/256", "SHA512-256", "SHA-512/256", n200::Hash::sha512_256, 32},
    {"SHA3-224", "", "", n200::Hash::sha3_224, 28},
    {"SHA3-256", "", "", n200::Hash::sha3_256, 32},
    {"SHA3-384", "", "", n200::Hash::sha3_384, 48},
    {"SHA3-512", "", "", n200::Hash::sha3_512, 64},
};

// Fetched once: a fetch per signature takes locks that all threads share. Atomics, because a lock could be
// held at fork.
std::array<std::atomic<EVP_MD*>, std::size(kDigests)> fetched{};

bool equal(std::string_view a, std::string_view b) noexcept {
  return !a.empty() && equal_ignoring_case(a, b);
}

// OpenSSL knows more names than the table: object identifiers.
const Digest* digest_known_to_openssl(std::string_view name) {
  const ossl::ErrorMark mark;
  const ossl::Md known(EVP_MD_fetch(ossl::private_libctx(), std::string(name).c_str(), nullptr));
  for (const auto& digest : kDigests)
    if (known && EVP_MD_is_a(known.get(), digest.name) == 1) return &digest;
  return nullptr;
}

}  // namespace

const EVP_MD* Digest::md() const {
  // cppcheck-suppress thisSubtraction ; the place in the table
  auto& slot = fetched[static_cast<std::size_t>(this - kDigests)];
  if (auto* known = slot.load(std::memory_order_acquire)) return known;
  EVP_MD* fresh = EVP_MD_fetch(ossl::private_libctx(), name, nullptr);
  EVP_MD* expected = nullptr;
  if (slot.compare_exchange_strong(expected, fresh, std::memory_order_acq_rel)) return fresh;
  EVP_MD_free(fresh);
  return expected;
}

void forget_digests() noexcept {
  for (auto& slot : fetched) slot.store(nullptr, std::memory_order_relaxed);
}

Result<const Digest*> find_digest(std::string_view name) {
  for (const auto& digest : kDigests)
    if (equal(name, digest.name) || equal(name, digest.alias) || equal(name, digest.old_alias))
      return &digest;
  if (const auto* digest = digest_known_to_openssl(name)) return digest;
  std::string supported;
  for (const auto& digest : kDigests) supported += (supported.empty() ? "" : ", ") + std::string(digest.name);
  return Error{Reason::unsupported_digest, "'" + std::string(name) + "'; supported are " + supported};
}

}  // namespace sesam::signature
