// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace n200sim {

using Bytes = std::vector<std::uint8_t>;

// Upper-case hex, as every observed reply has it (n200.md).
std::string to_hex(std::span<const std::uint8_t> bytes);

// Either case. Nothing if the text has an odd length or another character.
std::optional<Bytes> from_hex(std::string_view text);

}  // namespace n200sim
