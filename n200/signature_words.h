// SPDX-License-Identifier: Apache-2.0
// The device's words in requests for signatures (n200.md, ASSUMED), as typed values.
#pragma once

#include <cstdint>
#include <string_view>

namespace sesam::n200 {

/// The padding of an RSA signature; none, with an empty word, for other keys.
enum class Padding : std::uint8_t { none, pkcs1, pss, count };
std::string_view word_of(Padding padding) noexcept;

/// The hashes of signatures.
enum class Hash : std::uint8_t {
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  sha512_224,
  sha512_256,
  sha3_224,
  sha3_256,
  sha3_384,
  sha3_512,
  count
};
std::string_view word_of(Hash hash) noexcept;

}  // namespace sesam::n200
