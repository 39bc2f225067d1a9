// SPDX-License-Identifier: Apache-2.0
// Converts the device's form of an ECDSA signature to OpenSSL's.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace sesam::signature {

/// Writes r‖s (IEEE P1363: two integers of equal width) as DER (RFC 3279, section 2.2.3) into `out`; returns
/// the length. Raises bad_signature if r or s is zero or too long, buffer_too_small if `out` is too small.
Result<std::size_t> der_of_p1363(std::span<const unsigned char> p1363, std::span<unsigned char> out);

}  // namespace sesam::signature
