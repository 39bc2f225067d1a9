// SPDX-License-Identifier: Apache-2.0
// Checks the device's form of signatures with Wycheproof: valid
// ones become DER that OpenSSL verifies, and no others do.
#include "wycheproof.h"

#include "signature/digests.h"
#include "signature/ecdsa_form.h"

namespace sesam::signature {
namespace {

constexpr std::size_t kMaxDerBytes = 2 * (66 + 3) + 4;  // P-521

// Like the device layer before the conversion: a signature
// of another length is not read at all (n200/sign.cc).
bool convert(const Bytes& p1363, std::size_t field_bytes, Bytes& der) {
  if (p1363.size() != 2 * field_bytes) return false;
  der.resize(kMaxDerBytes);
  const auto length = der_of_p1363(p1363, der);
  if (!length) return false;
  der.resize(*length);
  return true;
}

bool verifies(EVP_PKEY* key, const EVP_MD* md, const Bytes& message, const Bytes& der) {
  const ossl::MdCtx context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, md, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) == 1;
}

class Wycheproof : public testing::TestWithParam<const char*> {};

TEST_P(Wycheproof, agrees_on_what_is_valid) {
  int valid = 0, invalid = 0;
  const auto all = vectors_in(GetParam());
  for (const auto& group : all.at("testGroups")) {
    const ossl::Pkey key = public_key_at(group, "publicKeyDer");
    ASSERT_TRUE(key);
    const auto field_bytes = static_cast<std::size_t>(EVP_PKEY_get_bits(key.get()) + 7) / 8;
    const auto digest = find_digest(group.at("sha").get_ref<const std::string&>());
    ASSERT_TRUE(digest);
    for (const auto& test : group.at("tests")) {
      Bytes der;
      const bool good = convert(bytes_at(test, "sig"), field_bytes, der) &&
                        verifies(key.get(), (*digest)->md(), bytes_at(test, "msg"), der);
      const bool expected = test.at("result") == "valid";
      EXPECT_EQ(good, expected) << GetParam() << " " << test.at("tcId") << " " << test.at("comment");
      ++(expected ? valid : invalid);
    }
  }
  EXPECT_GT(valid, 20);
  EXPECT_GT(invalid, 20);
}

INSTANTIATE_TEST_SUITE_P(Curves, Wycheproof,
                         testing::Values("ecdsa_secp256r1_sha256_p1363_test.json",
                                         "ecdsa_secp384r1_sha384_p1363_test.json",
                                         "ecdsa_secp521r1_sha512_p1363_test.json",
                                         "ecdsa_brainpoolP256r1_sha256_p1363_test.json",
                                         "ecdsa_brainpoolP384r1_sha384_p1363_test.json",
                                         "ecdsa_brainpoolP512r1_sha512_p1363_test.json"),
                         [](const auto& curve) {
                           const std::string name = curve.param;
                           return name.substr(6, name.find('_', 6) - 6);
                         });

}  // namespace
}  // namespace sesam::signature
