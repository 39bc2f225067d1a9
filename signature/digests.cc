// SPDX-License-Identifier: Apache-2.0
#include "signature/digests.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <strings.h>

#include <array>
#include <atomic>
#include <iterator>

#include "base/crypto.h"
#include "base/handles.h"

namespace sesam::signature {
namespace {

// RFC 5758 gives no AlgorithmIdentifier to the truncated SHA-512 digests.
constexpr Digest kDigests[] = {
    {"SHA1", "SHA-1", "", 20, NID_ecdsa_with_SHA1},
    {"SHA2-224", "SHA224", "SHA-224", 28, NID_ecdsa_with_SHA224},
    {"SHA2-256", "SHA256", "SHA-256", 32, NID_ecdsa_with_SHA256},
    {"SHA2-384", "SHA384", "SHA-384", 48, NID_ecdsa_with_SHA384},
    {"SHA2-512", "SHA512", "SHA-512", 64, NID_ecdsa_with_SHA512},
    {"SHA2-512/224", "SHA512-224", "SHA-512/224", 28, NID_undef},
    {"SHA2-512/256", "SHA512-256", "SHA-512/256", 32, NID_undef},
    {"SHA3-224", "", "", 28, NID_ecdsa_with_SHA3_224},
    {"SHA3-256", "", "", 32, NID_ecdsa_with_SHA3_256},
    {"SHA3-384", "", "", 48, NID_ecdsa_with_SHA3_384},
    {"SHA3-512", "", "", 64, NID_ecdsa_with_SHA3_512},
};

// Fetched once: a fetch per signature takes locks that all threads share. Atomics, because a lock could be held at fork.
std::array<std::atomic<EVP_MD*>, std::size(kDigests)> fetched{};

using AlgorithmId = std::unique_ptr<X509_ALGOR, FreeWith<&X509_ALGOR_free>>;

bool equal(std::string_view a, std::string_view b) noexcept {
  return !a.empty() && a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

const EVP_MD* Digest::md() const noexcept {
  auto& slot = fetched[static_cast<std::size_t>(this - kDigests)];
  if (auto* known = slot.load(std::memory_order_acquire)) return known;
  EVP_MD* fresh = EVP_MD_fetch(private_libctx(), name, nullptr);
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
    if (equal(name, digest.name) || equal(name, digest.alias) || equal(name, digest.old_alias)) return &digest;
  std::string supported;
  for (const auto& digest : kDigests) supported += (supported.empty() ? "" : ", ") + std::string(digest.name);
  return Error{Reason::unsupported_digest, "'" + std::string(name) + "'; supported are " + supported};
}

Result<Bytes> ecdsa_algorithm_id(const Digest& digest) {
  if (digest.ecdsa_nid == NID_undef)
    return Error{Reason::unsupported_digest, std::string(digest.name) + ": there is no AlgorithmIdentifier for ECDSA with it"};
  const AlgorithmId algorithm(X509_ALGOR_new());
  if (!algorithm || X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(digest.ecdsa_nid), V_ASN1_UNDEF, nullptr) != 1)
    return Error{Reason::out_of_memory, {}};
  const int length = i2d_X509_ALGOR(algorithm.get(), nullptr);
  if (length <= 0) return Error{Reason::internal, "no AlgorithmIdentifier for " + std::string(digest.name)};
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* out = der.data();
  i2d_X509_ALGOR(algorithm.get(), &out);
  return der;
}

}  // namespace sesam::signature
