// SPDX-License-Identifier: Apache-2.0
#include "symmetric.h"

#include <gtest/gtest.h>

#include "failure.h"
#include "key_material.h"

namespace n200sim {
namespace {

TEST(Symmetric, ElevenBytesOfTextGive48BytesAsObserved) {
  const std::string key = generate_symmetric(256).private_hex;
  EXPECT_EQ(encrypt_cbc(key, "hello-world").size(), 2U * 48);
}

TEST(Symmetric, DecryptInvertsEncryptForEveryKeySize) {
  for (const int bits : {128, 192, 256}) {
    const std::string key = generate_symmetric(bits).private_hex;
    EXPECT_EQ(decrypt_cbc(key, encrypt_cbc(key, "hello-world")), "hello-world");
  }
}

TEST(Symmetric, SomethingElseIsMalformed) {
  const std::string key = generate_symmetric(256).private_hex;
  EXPECT_THROW(decrypt_cbc(key, "00"), DeviceError);
  EXPECT_THROW(decrypt_cbc(key, std::string(66, '0')), DeviceError);
}

}  // namespace
}  // namespace n200sim
