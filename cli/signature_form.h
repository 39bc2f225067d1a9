// SPDX-License-Identifier: Apache-2.0
// From OpenSSL's form of an ECDSA signature to the plain one.
#pragma once

#include "base/hex.h"
#include "base/result.h"

namespace sesam::cli {

/// r‖s, `bytes` long in all (IEEE P1363), of a DER signature (RFC 3279). Raises bad_signature when it is
/// none.
Result<Bytes> p1363_of_der(const Bytes& der, std::size_t bytes);

}  // namespace sesam::cli
