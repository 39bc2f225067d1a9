// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4) without line breaks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hex.h"
#include "base/secret.h"

namespace sesam {

std::string to_base64(std::span<const unsigned char> bytes);

/// Appends the Base64 form of a secret to `out`; every intermediate buffer is wiped.
void append_base64(Secret& out, std::span<const unsigned char> bytes);

/// Decodes `text`; nullopt if it is not Base64, padded to whole groups of four characters.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace sesam
