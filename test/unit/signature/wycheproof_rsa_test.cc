// SPDX-License-Identifier: Apache-2.0
// Checks RSA signatures in the device's form with Wycheproof: read from hex like a reply, verified like
// verify_signatures. Valid signatures must pass both steps, others must not.
#include "wycheproof.h"

#include "keymgmt/public_key.h"
#include "n200/encodings.h"
#include "n200/reply.h"
#include "signature/digests.h"
#include "signature/scheme.h"

namespace sesam::signature {
namespace {

struct Vectors {
  const char* name;
  const char* file;
  Padding padding;
  int least_valid, least_invalid;
};

// Like n200/sign.cc: a text whose length does not match the modulus is not a signature.
bool read_reply(const std::string& hex, Bytes& signature) {
  return n200::decode(hex, n200::Encoding::hex, signature);
}

Bytes digest_of(const Digest& digest, const Bytes& message) {
  Bytes value(digest.size_bytes);
  EXPECT_EQ(EVP_Digest(message.data(), message.size(), value.data(), nullptr, digest.md(), nullptr), 1);
  return value;
}

Scheme scheme_of(const nlohmann::json& group, Padding padding) {
  Scheme scheme = Scheme::for_type(keymgmt::KeyType::rsa);
  scheme.padding = padding;
  const auto digest = find_digest(group.at("sha").get_ref<const std::string&>());
  EXPECT_TRUE(digest);
  scheme.digest = *digest;
  if (padding == Padding::pss) scheme.salt.value = group.at("sLen");
  return scheme;
}

class WycheproofRsa : public testing::TestWithParam<Vectors> {};

TEST_P(WycheproofRsa, agrees_on_what_is_valid) {
  int valid = 0, invalid = 0;
  const auto all = vectors_in(GetParam().file);
  for (const auto& group : all.at("testGroups")) {
    const ossl::Pkey key = public_key_at(group, "publicKeyDer");
    ASSERT_TRUE(key);
    const Scheme scheme = scheme_of(group, GetParam().padding);
    for (const auto& test : group.at("tests")) {
      if (test.at("result") == "acceptable") continue;  // disputed: PKCS#1 without the NULL
      Bytes signature(keymgmt::device_signature_bytes(keymgmt::KeyType::rsa, key.get()));
      bool good = read_reply(test.at("sig"), signature);
      if (good) {
        const auto verified =
            verify(scheme, key.get(), digest_of(*scheme.digest, bytes_at(test, "msg")), signature);
        ASSERT_TRUE(verified) << verified.error().detail;
        good = *verified;
      }
      const bool expected = test.at("result") == "valid";
      EXPECT_EQ(good, expected) << test.at("tcId") << " " << test.at("comment");
      ++(expected ? valid : invalid);
    }
  }
  EXPECT_GE(valid, GetParam().least_valid);
  EXPECT_GE(invalid, GetParam().least_invalid);
}

INSTANTIATE_TEST_SUITE_P(
    Paddings, WycheproofRsa,
    testing::Values(Vectors{"pkcs1", "rsa_signature_2048_sha256_test.json", Padding::pkcs1, 9, 240},
                    Vectors{"pss", "rsa_pss_2048_sha256_mgf1_32_test.json", Padding::pss, 60, 40}),
    [](const auto& vectors) { return std::string(vectors.param.name); });

}  // namespace
}  // namespace sesam::signature
