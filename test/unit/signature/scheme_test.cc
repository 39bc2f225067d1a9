// SPDX-License-Identifier: Apache-2.0
#include "signature/scheme.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <utility>

#include "ossl/crypto.h"
#include "ossl/handles.h"

namespace sesam::signature {
namespace {

using keymgmt::KeyType;

ossl::Pkey ec_key() { return ossl::Pkey(EVP_PKEY_Q_keygen(ossl::private_libctx(), nullptr, "EC", "P-256")); }
ossl::Pkey rsa_key() {
  return ossl::Pkey(EVP_PKEY_Q_keygen(ossl::private_libctx(), nullptr, "RSA", std::size_t{2048}));
}

Scheme scheme(KeyType type, const char* digest, Padding padding, int salt = SaltLength::kAuto) {
  Scheme made = Scheme::for_type(type);
  made.digest = *find_digest(digest);
  made.padding = padding;
  made.salt.value = salt;
  return made;
}

// RFC 5758, section 3.2 and RFC 3279, section 2.2.3; SHA-3: NIST's OIDs (2.16.840.1.101.3.4.3.9 and
// following). No parameters.
TEST(AlgorithmId, of_ecdsa_has_the_known_bytes) {
  const ossl::Pkey key = ec_key();
  const std::pair<const char*, const char*> expected[] = {
      {"SHA1", "300906072A8648CE3D0401"},         {"SHA224", "300A06082A8648CE3D040301"},
      {"SHA256", "300A06082A8648CE3D040302"},     {"SHA384", "300A06082A8648CE3D040303"},
      {"SHA512", "300A06082A8648CE3D040304"},     {"SHA3-224", "300B0609608648016503040309"},
      {"SHA3-256", "300B060960864801650304030A"}, {"SHA3-384", "300B060960864801650304030B"},
      {"SHA3-512", "300B060960864801650304030C"},
  };
  for (const auto& [name, der] : expected) {
    const auto id = algorithm_id(scheme(KeyType::ec, name, Padding::none), key.get());
    ASSERT_TRUE(id) << name;
    EXPECT_EQ(to_hex(*id), der) << name;
  }
}

TEST(AlgorithmId, is_refused_where_there_is_none) {
  const ossl::Pkey key = ec_key();
  for (const auto* name : {"SHA512-224", "SHA512-256"}) {
    const auto id = algorithm_id(scheme(KeyType::ec, name, Padding::none), key.get());
    ASSERT_FALSE(id) << name;
    EXPECT_EQ(id.error().reason, Reason::unsupported_scheme);
  }
}

// RFC 8017, appendix A.2.4: sha256WithRSAEncryption with NULL parameters.
TEST(AlgorithmId, of_rsa_pkcs1_has_the_known_bytes) {
  const auto id = algorithm_id(scheme(KeyType::rsa, "SHA256", Padding::pkcs1), rsa_key().get());
  ASSERT_TRUE(id);
  EXPECT_EQ(to_hex(*id), "300D06092A864886F70D01010B0500");
}

// RFC 4055, section 3.1: digest, MGF1 with the same digest, salt of 32 bytes.
TEST(AlgorithmId, of_rsa_pss_has_complete_parameters) {
  const auto id =
      algorithm_id(scheme(KeyType::rsa, "SHA256", Padding::pss, SaltLength::kDigest), rsa_key().get());
  ASSERT_TRUE(id);
  EXPECT_EQ(
      to_hex(*id),
      "304106092A864886F70D01010A3034A00F300D06096086480165030402010500A11C301A06092A864886F70D010108300D0609"
      "6086480165030402010500A203020120");
}

TEST(SaltBytes, follow_openssls_words_and_the_size_of_the_key) {
  const auto bytes = [](int salt) {
    return *salt_bytes(scheme(KeyType::rsa, "SHA256", Padding::pss, salt), 2048);
  };
  EXPECT_EQ(bytes(SaltLength::kDigest), 32);
  EXPECT_EQ(bytes(SaltLength::kMax), 256 - 32 - 2);
  EXPECT_EQ(bytes(SaltLength::kAuto), 256 - 32 - 2);
  EXPECT_EQ(bytes(SaltLength::kAutoDigestMax), 32);
  EXPECT_EQ(bytes(0), 0);
  EXPECT_EQ(bytes(20), 20);
}

TEST(SaltLength, is_by_default_that_of_the_openssl_that_loaded_the_provider) {
  EXPECT_EQ(SaltLength::default_of({3, 0}).value, SaltLength::kAuto);
  for (const ossl::CoreVersion version : {ossl::CoreVersion{3, 1}, {3, 5}, {4, 0}})
    EXPECT_EQ(SaltLength::default_of(version).value, SaltLength::kAutoDigestMax);
}

TEST(SaltBytes, that_do_not_fit_are_refused) {
  const auto salt = salt_bytes(scheme(KeyType::rsa, "SHA512", Padding::pss, 191), 2048);
  ASSERT_FALSE(salt);
  EXPECT_EQ(salt.error().reason, Reason::unsupported_scheme);
}

TEST(SaltBytes, of_pss_without_a_digest_are_refused) {
  Scheme no_digest = Scheme::for_type(KeyType::rsa);
  no_digest.padding = Padding::pss;
  const auto salt = salt_bytes(no_digest, 2048);
  ASSERT_FALSE(salt);
  EXPECT_EQ(salt.error().reason, Reason::unsupported_scheme);
  EXPECT_FALSE(algorithm_id(no_digest, rsa_key().get()));
}

TEST(Schemes, that_the_device_cannot_be_asked_for_are_refused) {
  Scheme no_digest = Scheme::for_type(KeyType::rsa);
  EXPECT_FALSE(check_offered(no_digest));
  Scheme other_mgf1 = scheme(KeyType::rsa, "SHA256", Padding::pss);
  other_mgf1.mgf1_digest = *find_digest("SHA1");
  EXPECT_FALSE(check_offered(other_mgf1));
  other_mgf1.mgf1_digest = other_mgf1.digest;
  EXPECT_TRUE(check_offered(other_mgf1));
  EXPECT_TRUE(check_offered(Scheme::for_type(KeyType::ec))) << "a digest of any length can be signed with EC";
}

}  // namespace
}  // namespace sesam::signature
