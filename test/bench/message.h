// SPDX-License-Identifier: Apache-2.0
// The message that all clients sign.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sesam::bench {

/// About as long as a small RRset in DNS. Constant, so that the simulator's canned signature, which is the
/// key's first one, also passes verification.
constexpr std::string_view kMessage =
    "The message of the benchmark: about as many bytes as a small resource record set of a signed DNS zone.";

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kSignatureBytes = 64;  // r and s of P-256

std::array<unsigned char, kDigestBytes> message_digest();
/// The digest in upper-case hex.
std::string message_digest_hex();
std::string hex_of(std::span<const unsigned char> bytes);

}  // namespace sesam::bench
