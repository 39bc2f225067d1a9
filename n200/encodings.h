// SPDX-License-Identifier: Apache-2.0
// Decodes bytes in the encoding that a wire row specifies.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/hex.h"
#include "base/wiped_text.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// Decodes `text` into `out`. Returns false unless it is exactly out.size() bytes in that encoding.
bool decode(std::string_view text, Encoding encoding, std::span<unsigned char> out);
/// The same for any length. Returns nullopt if the text is malformed. The bytes may be secret.
std::optional<WipedBytes> decode(std::string_view text, Encoding encoding);

}  // namespace sesam::n200
