// SPDX-License-Identifier: Apache-2.0
// Takes secrets out of what a device says.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sesam::n200 {

/// The text with "<secret>" in place of each secret, in any case of letters and however it is encoded, also
/// in part or twice: percent-encoding, the escapes of JSON and C, HTML's, '+' for a blank; hexadecimal digits
/// (with separators), base64 (also that for URLs, and with more before and behind it). Of a long secret that
/// is quoted in part, what is quoted. Inside of hexadecimal digits and base64, where a few bytes stand by
/// chance, secrets shorter than four bytes are found alone only.
/// Of a long text the first `max_bytes` are returned; beyond them no more is looked at than a secret may
/// take.
std::string redact(std::string_view text, std::span<const std::string_view> secrets,
                   std::size_t max_bytes = std::string_view::npos);

}  // namespace sesam::n200
