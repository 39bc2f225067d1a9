// SPDX-License-Identifier: Apache-2.0
// Bytes as devices write them where they do not write what was agreed on.
#pragma once

#include <optional>
#include <string_view>

#include "base/hex.h"

namespace sesam::n200 {

/// Hexadecimal of either case; "0x" before it and blanks, colons, hyphens and line breaks within do not
/// count.
std::optional<Bytes> bytes_of_hex(std::string_view text);

/// Base64 (RFC 4648, sections 4 and 5): either alphabet, padded or not; blanks and line breaks do not count.
std::optional<Bytes> bytes_of_base64(std::string_view text);

}  // namespace sesam::n200
