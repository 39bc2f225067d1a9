// SPDX-License-Identifier: Apache-2.0
// Reads PEM files that wrap a key URI (provider-decoder(7)): one
// decoder parses the PEM, and one for each key type opens the key.
#pragma once

#include <openssl/core.h>

#include <cstddef>
#include <iterator>

#include "keymgmt/key_types.h"

namespace sesam::store {

extern const OSSL_DISPATCH kPemDecoder[];
/// The rows of each table, terminator included; one table for each key type.
inline constexpr std::size_t kUriDecoderFunctions = 5;
extern const OSSL_DISPATCH kUriDecoders[std::size(keymgmt::kKeyTypes)][kUriDecoderFunctions];

}  // namespace sesam::store
