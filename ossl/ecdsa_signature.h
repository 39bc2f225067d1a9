// SPDX-License-Identifier: Apache-2.0
// Converts an ECDSA signature from OpenSSL's form (DER) to the plain one.
#pragma once

#include <span>

namespace sesam::ossl {

/// Writes r‖s (IEEE P1363) of a DER signature (RFC 3279) to `out`, each padded to
/// half of it. False if `der` is not a signature, has trailing data or does not fit.
bool p1363_of_der(std::span<const unsigned char> der, std::span<unsigned char> out);

}  // namespace sesam::ossl
