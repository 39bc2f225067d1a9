// SPDX-License-Identifier: Apache-2.0
// What subcommands read and write: files, stdin, stdout.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesam::cli {

enum class Readers { all, owner };

/// Writes the whole text to the file, which is made or overwritten, or to stdout where `path` is empty. A new
/// file is for `readers`, within the umask. Raises bad_argument: the path and the system's words.
Result<void> write_output(const std::string& path, std::string_view text, Readers readers = Readers::all);

/// Calls `take` with one block after the other of the file, or of stdin where `path` is empty. It may wipe
/// the block. Raises bad_argument.
Result<void> read_input(const std::string& path,
                        const std::function<void(std::span<unsigned char> block)>& take);

/// A small file whole, or stdin. Raises bad_argument.
Result<std::string> read_whole(const std::string& path);

}  // namespace sesam::cli
