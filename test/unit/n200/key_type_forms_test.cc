// SPDX-License-Identifier: Apache-2.0
#include "n200/key_type_forms.h"

#include <gtest/gtest.h>

namespace sesam::n200 {
namespace {

TEST(KeyTypeForms, are_read_in_any_case_and_with_their_size) {
  const struct {
    const char* word;
    const char* type;
    unsigned bits;
  } kExpected[] = {
      {"NIST", "NIST", 0},
      {"nist", "NIST", 0},
      {"NIST256", "NIST", 256},
      {"NIST P-384", "NIST", 384},
      {"P-256", "NIST", 256},
      {"p521", "NIST", 521},
      {"secp256r1", "NIST", 256},
      {"prime256v1", "NIST", 256},
      {"BRAINPOOL", "BRAINPOOL", 0},
      {"brainpoolP256r1", "BRAINPOOL", 256},
      {"Brainpool-512", "BRAINPOOL", 512},
      {"RSA", "RSA", 0},
      {"rsa", "RSA", 0},
      {"RSA-2048", "RSA", 2048},
      {"SYM", "SYM", 0},
      {"AES256", "SYM", 256},
      {"EC", "EC", 0},
      {"ecdsa", "EC", 0},
      {"ECC256", "EC", 256},
      {"secp256k1", "secp256k1", 0},
      {"brainpoolP256t1", "brainpoolP256t1", 0},
      {"P", "P", 0},
      {"X25519", "X25519", 0},
      {"PQC", "PQC", 0},
      {"", "", 0},
  };
  for (const auto& one : kExpected) {
    const auto read = key_type_of(one.word);
    EXPECT_EQ(read.type, one.type) << one.word;
    EXPECT_EQ(read.bits, one.bits) << one.word;
  }
}

}  // namespace
}  // namespace sesam::n200
