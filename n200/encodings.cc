// SPDX-License-Identifier: Apache-2.0
#include "n200/encodings.h"

#include <algorithm>

#include "base/base64.h"

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
  return encoding == Encoding::base64 ? from_base64(text) : from_hex(text);
}

}  // namespace sesam::n200
