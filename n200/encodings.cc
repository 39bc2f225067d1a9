// SPDX-License-Identifier: Apache-2.0
#include "n200/encodings.h"

#include <openssl/evp.h>

#include <algorithm>

namespace sesam::n200 {

bool decode(std::string_view text, Encoding encoding, std::span<unsigned char> out) {
  if (encoding == Encoding::hex || encoding == Encoding::hex_lower) return from_hex(text, out);
  const auto bytes = decode(text, encoding);
  if (!bytes || bytes->size() != out.size()) return false;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return true;
}

std::optional<Bytes> decode(std::string_view text, Encoding encoding) {
  // cppcheck-suppress danglingTemporaryLifetime ; the bytes are copied
  if (encoding == Encoding::text) return Bytes(text.begin(), text.end());
  if (encoding != Encoding::base64) return from_hex(text);
  // EVP_DecodeBlock(3) takes '=' anywhere for a zero.
  const auto plain = std::min(text.find('='), text.size());
  if (text.size() - plain > 2 || text.find_first_not_of('=', plain) != text.npos) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace sesam::n200
