// SPDX-License-Identifier: Apache-2.0
#include "symmetric.h"

#include <gtest/gtest.h>

#include "failure.h"
#include "key_material.h"

namespace sesam::simulator {
namespace {

TEST(Symmetric, encryption_of_11_bytes_gives_the_observed_48_bytes) {
  const std::string key = generate_symmetric(256).private_hex;
  EXPECT_EQ(encrypt_cbc(key, "hello-world").size(), 2U * 48);
}

TEST(Symmetric, decryption_inverts_encryption_for_every_key_size) {
  for (const int bits : {128, 192, 256}) {
    const std::string key = generate_symmetric(bits).private_hex;
    EXPECT_EQ(decrypt_cbc(key, encrypt_cbc(key, "hello-world")), "hello-world");
  }
}

TEST(Symmetric, decryption_of_anything_else_is_malformed) {
  const std::string key = generate_symmetric(256).private_hex;
  EXPECT_THROW(decrypt_cbc(key, "00"), DeviceError);
  EXPECT_THROW(decrypt_cbc(key, std::string(66, '0')), DeviceError);
}

}  // namespace
}  // namespace sesam::simulator
