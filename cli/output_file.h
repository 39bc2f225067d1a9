// SPDX-License-Identifier: Apache-2.0
// What subcommands write: a file, or stdout.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sesam::cli {

enum class Readers { all, owner };

/// Writes the whole text to the file, which is made or overwritten, or to stdout where `path` is empty.
/// For Readers::owner a regular file is always a new one of mode 0600, renamed into place: neither the mode,
/// nor the owner, nor the target of what was there before counts. For Readers::all a new file is within the
/// umask. A descriptor (/dev/stdout, /dev/fd/3), a device or a FIFO is written to as it is. Raises
/// bad_argument: the path and the system's words; also for a symbolic link or a FIFO of another user, which
/// would lead the text to him.
Result<void> write_output(const std::string& path, std::string_view text, Readers readers = Readers::all);

/// Makes the file, or puts it in the place of another one, whatever that was: at once (rename(2)), so that
/// there is never half of it. Raises bad_argument.
Result<void> replace_file(const std::string& path, std::string_view text, unsigned mode);

}  // namespace sesam::cli
