// SPDX-License-Identifier: Apache-2.0
#include "n200/encodings.h"

#include <algorithm>

#include "base/base64.h"
#include "base/wiped_text.h"

namespace sesam::n200 {

bool decode(std::string_view text, Encoding encoding, std::span<unsigned char> out) {
  if (encoding == Encoding::hex || encoding == Encoding::hex_lower) return from_hex(text, out);
  if (encoding == Encoding::text) {
    if (text.size() != out.size()) return false;
    std::ranges::copy(text, out.begin());
    return true;
  }
  auto bytes = from_base64(text);
  const bool fits = bytes && bytes->size() == out.size();
  if (fits) std::ranges::copy(*bytes, out.begin());
  if (bytes) wipe(bytes->data(), bytes->size());
  return fits;
}

std::optional<WipedBytes> decode(std::string_view text, Encoding encoding) {
  if (encoding == Encoding::text) return WipedBytes(text.begin(), text.end());
  auto bytes = encoding == Encoding::base64 ? from_base64(text) : from_hex(text);
  if (!bytes) return std::nullopt;
  WipedBytes copy(bytes->begin(), bytes->end());
  wipe(bytes->data(), bytes->size());
  return copy;
}

}  // namespace sesam::n200
