// SPDX-License-Identifier: Apache-2.0
// From OpenSSL's form of an ECDSA signature to the plain one.
#pragma once

#include <span>

namespace sesam::ossl {

/// r‖s (IEEE P1363) of a DER signature (RFC 3279), each padded to half of `out`. False when it is none, has
/// more behind it, or does not fit.
bool p1363_of_der(std::span<const unsigned char> der, std::span<unsigned char> out);

}  // namespace sesam::ossl
