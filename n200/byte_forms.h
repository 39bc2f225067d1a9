// SPDX-License-Identifier: Apache-2.0
// Decodes bytes leniently, for devices that do not write them in the expected form.
#pragma once

#include <optional>
#include <string_view>

#include "base/hex.h"

namespace sesam::n200 {

/// Hexadecimal in either case. A leading "0x" is ignored, and so are blanks, colons, hyphens and line breaks.
/// Returns nullopt if the text is empty or malformed.
std::optional<Bytes> bytes_of_hex(std::string_view text);

/// Base64 (RFC 4648, sections 4 and 5): either alphabet, padded or not; blanks and line breaks are ignored.
std::optional<Bytes> bytes_of_base64(std::string_view text);

}  // namespace sesam::n200
