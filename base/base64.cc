// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

namespace sesam {
namespace {

// Calls `visit` with each group of four Base64 characters.
template <class Visit>
void for_each_group(std::span<const unsigned char> bytes, const Visit& visit) {
  unsigned char group[5];  // EVP_EncodeBlock(3) appends a zero byte
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min<std::size_t>(3, bytes.size()));
    EVP_EncodeBlock(group, part.data(), static_cast<int>(part.size()));
    visit(std::string_view(reinterpret_cast<const char*>(group), 4));
    bytes = bytes.subspan(part.size());
  }
  OPENSSL_cleanse(group, sizeof group);
}

}  // namespace

std::string to_base64(std::span<const unsigned char> bytes) {
  std::string text;
  text.reserve(bytes.size() / 3 * 4 + 4);
  for_each_group(bytes, [&](std::string_view group) { text += group; });
  return text;
}

void append_base64(Secret& out, std::span<const unsigned char> bytes) {
  for_each_group(bytes, [&](std::string_view group) { out.append(group); });
}

std::optional<Bytes> from_base64(std::string_view text) {
  // EVP_DecodeBlock(3) accepts '=' anywhere and decodes it as zero bits.
  const auto plain = std::min(text.find('='), text.size());
  if (text.size() - plain > 2 || text.find_first_not_of('=', plain) != text.npos) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - (text.size() - plain));
  return bytes;
}

}  // namespace sesam
