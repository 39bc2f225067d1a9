// SPDX-License-Identifier: Apache-2.0
// Reads Wycheproof test vectors (test/data/wycheproof).
#pragma once

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/hex.h"
#include "ossl/crypto.h"
#include "ossl/handles.h"

namespace sesam::signature {

inline nlohmann::json vectors_in(const char* name) {
  const std::string path = std::string(SESAM_SOURCE_DIR "/test/data/wycheproof/") + name;
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return nlohmann::json::parse(file, nullptr, false);
}

inline Bytes bytes_at(const nlohmann::json& object, const char* name) {
  auto bytes = from_hex(object.at(name).get_ref<const std::string&>());
  EXPECT_TRUE(bytes) << name;
  return bytes.value_or(Bytes{});
}

/// Reads a key's SubjectPublicKeyInfo from `member` into private_libctx(), like all public keys of sesam.
inline ossl::Pkey public_key_at(const nlohmann::json& group, const char* member) {
  const Bytes encoded = bytes_at(group, member);
  const unsigned char* at = encoded.data();
  return ossl::Pkey(
      d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(encoded.size()), ossl::private_libctx(), nullptr));
}

}  // namespace sesam::signature
