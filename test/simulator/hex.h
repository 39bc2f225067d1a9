// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text, as the device writes all binary values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesam::simulator {

using Bytes = std::vector<std::uint8_t>;

// Upper-case hex, as in every observed reply (n200.md).
std::string to_hex(std::span<const std::uint8_t> bytes);

// Accepts either case. Returns nothing if the length is odd or a character is not a hex digit.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace sesam::simulator
