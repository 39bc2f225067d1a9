// SPDX-License-Identifier: Apache-2.0
// What subcommands read: files and stdin.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesam::cli {

/// Calls `take` with one block after the other of the file, or of stdin where `path` is empty. It may wipe
/// the block. Raises bad_argument.
Result<void> read_input(const std::string& path,
                        const std::function<void(std::span<unsigned char> block)>& take);

/// A small file whole, or stdin. Raises bad_argument.
Result<std::string> read_whole(const std::string& path);

}  // namespace sesam::cli
