// SPDX-License-Identifier: Apache-2.0
#include "message.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace sesam::bench {

std::array<unsigned char, kDigestBytes> message_digest() {
  std::array<unsigned char, kDigestBytes> digest{};
  if (EVP_Digest(kMessage.data(), kMessage.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("EVP_Digest");
  return digest;
}

std::string message_digest_hex() { return hex_of(message_digest()); }

std::string hex_of(std::span<const unsigned char> bytes) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string hex;
  for (const unsigned byte : bytes) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

}  // namespace sesam::bench
