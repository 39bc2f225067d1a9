// SPDX-License-Identifier: Apache-2.0
// What everybody signs.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sesam::bench {

/// As long as a small RRset of DNS. Always the same, so that the simulator's canned signature, which is the
/// key's first one, also stands a verification.
constexpr std::string_view kMessage =
    "The message of the benchmark: about as many bytes as a small resource record set of a signed DNS zone.";

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kSignatureBytes = 64;  // r and s of P-256

std::array<unsigned char, kDigestBytes> message_digest();
/// "0123…EF"
std::string message_digest_hex();
std::string hex_of(std::span<const unsigned char> bytes);

}  // namespace sesam::bench
