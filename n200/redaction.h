// SPDX-License-Identifier: Apache-2.0
// Redacts secrets from the device's words.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sesam::n200 {

/// The text with "<secret>" in place of each secret, in upper or lower case and any of these encodings, even
/// nested: percent-encoding, the escapes of JSON, C and HTML, '+' for a blank, hexadecimal digits (with
/// separators), base64 (also the alphabet for URLs, and with other text before and after it). Of a long
/// secret that is quoted in part, a beginning of 16 bytes or more is recognised. Within hexadecimal digits
/// and base64, where a few bytes may match by chance, a secret shorter than four bytes is recognised only if
/// nothing else is encoded. Of a long text the first `max_bytes` are returned, and only as much more is
/// searched as a secret may occupy.
std::string redact(std::string_view text, std::span<const std::string_view> secrets,
                   std::size_t max_bytes = std::string_view::npos);

}  // namespace sesam::n200
