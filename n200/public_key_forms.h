// SPDX-License-Identifier: Apache-2.0
// The forms in which a device can write a public key.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/hex.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// A curve in the terms of n200.md: "NIST", 256. The bits may be 0 if the point's length implies them.
struct CurveWords {
  std::string_view type;
  unsigned bits = 0;
};

/// X‖Y of a point in hexadecimal (of either case, with "0x", blanks, colons, line breaks) or base64, with or
/// without a leading 04, compressed, or inside a SubjectPublicKeyInfo (RFC 5280) of that curve. Whether an
/// uncompressed point is on the curve is not checked here but when the key is used. Other bytes are returned
/// unchanged; nullopt if the text is in neither encoding.
std::optional<Bytes> x_and_y_of(std::string_view text, Encoding encoding, const CurveWords& curve);

/// The curve's bits if the length of X‖Y, in bytes, implies them, else 0.
unsigned bits_of_point(std::string_view type, std::size_t bytes) noexcept;

/// The family, "NIST" or "BRAINPOOL", on whose curve of that size the point lies; empty if on none.
std::string_view family_of_point(const Bytes& x_and_y);

/// An RSA key's number: hexadecimal as above, with or without its leading zero, or base64; empty if neither.
Bytes rsa_number_of(std::string_view text, Encoding encoding);

/// The size in bits of a big-endian number, without its leading zeros.
unsigned bits_of_number(std::span<const unsigned char> number) noexcept;

/// Why these numbers are not an RSA public key: an even modulus, or an exponent that is even, 1 or not below
/// the modulus (RFC 8017, section 3.1). Empty if they are valid.
std::string_view flaw_of_rsa_key(std::span<const unsigned char> modulus,
                                 std::span<const unsigned char> exponent);

}  // namespace sesam::n200
