// SPDX-License-Identifier: Apache-2.0
#include "signature/digests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <set>
#include <thread>
#include <vector>

namespace sesam::signature {
namespace {

const Digest* found(std::string_view name) {
  const auto digest = find_digest(name);
  EXPECT_TRUE(digest) << name;
  return digest ? *digest : nullptr;
}

TEST(Digests, are_found_by_each_of_openssls_names_in_any_case) {
  const std::vector<std::vector<const char*>> names = {
      {"SHA1", "SHA-1", "sha1"},
      {"SHA2-224", "SHA224", "SHA-224", "sha224"},
      {"SHA2-256", "SHA256", "SHA-256", "sha256", "sha2-256"},
      {"SHA2-384", "SHA384", "SHA-384"},
      {"SHA2-512", "SHA512", "SHA-512"},
      {"SHA2-512/224", "SHA512-224", "SHA-512/224", "sha512-224"},
      {"SHA2-512/256", "SHA512-256", "SHA-512/256"},
      {"SHA3-224", "sha3-224"},
      {"SHA3-256"},
      {"SHA3-384"},
      {"SHA3-512"},
  };
  std::set<const Digest*> different;
  for (const auto& aliases : names) {
    for (const auto* name : aliases) EXPECT_EQ(found(name), found(aliases.front())) << name;
    different.insert(found(aliases.front()));
  }
  EXPECT_EQ(different.size(), names.size());
}

TEST(Digests, that_are_not_offered_are_refused_with_the_list_of_those_that_are) {
  for (const auto* name : {"MD5", "SM3", "RIPEMD160", "SHAKE256", "", "SHA2"}) {
    const auto digest = find_digest(name);
    ASSERT_FALSE(digest) << name;
    EXPECT_EQ(digest.error().reason, Reason::unsupported_digest);
    EXPECT_THAT(digest.error().detail, testing::HasSubstr("SHA2-256, SHA2-384"));
  }
}

TEST(Digests, have_openssls_size_and_canonical_name) {
  for (const auto* name : {"SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512-224", "SHA512-256",
                           "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"}) {
    const auto* digest = found(name);
    ASSERT_NE(digest->md(), nullptr) << name;
    EXPECT_EQ(static_cast<std::size_t>(EVP_MD_get_size(digest->md())), digest->size_bytes) << name;
    EXPECT_TRUE(EVP_MD_is_a(digest->md(), digest->name)) << name;
    EXPECT_TRUE(EVP_MD_is_a(digest->md(), name)) << name;
  }
}

TEST(Digests, are_fetched_once_by_all_threads) {
  std::vector<const EVP_MD*> seen(8);
  {
    std::vector<std::jthread> threads;
    for (auto& slot : seen) threads.emplace_back([&slot] { slot = (*find_digest("SHA3-512"))->md(); });
  }
  for (const auto* md : seen) EXPECT_EQ(md, seen.front());
}

}  // namespace
}  // namespace sesam::signature
