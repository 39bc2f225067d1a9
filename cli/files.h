// SPDX-License-Identifier: Apache-2.0
// Reads the input of subcommands, from files and stdin.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesam::cli {

/// Reads the file, or stdin if `path` is empty, and calls `take` with each block, which it may wipe. Raises
/// bad_argument.
Result<void> read_input(const std::string& path,
                        const std::function<void(std::span<unsigned char> block)>& take);

/// Reads a small file, or stdin if `path` is empty. Raises bad_argument.
Result<std::string> read_whole(const std::string& path);

}  // namespace sesam::cli
