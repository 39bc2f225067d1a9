// SPDX-License-Identifier: Apache-2.0
// Bytes as a wire row says that they are written.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/hex.h"
#include "n200/wire.h"

namespace sesam::n200 {

/// Decodes text as the row says into `out`. False if it is not exactly out.size() bytes in that encoding.
bool decode(std::string_view text, Encoding encoding, std::span<unsigned char> out);
/// The same for any length.
std::optional<Bytes> decode(std::string_view text, Encoding encoding);

}  // namespace sesam::n200
