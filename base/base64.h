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

/// The same for a secret: every buffer in between is wiped.
void append_base64(Secret& out, std::span<const unsigned char> bytes);

/// Nothing unless `text` is padded to whole groups of four characters.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace sesam
