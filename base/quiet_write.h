// SPDX-License-Identifier: Apache-2.0
// Writing into files and pipes of which others decide.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace sesam {

/// write(2) without its signals: that a pipe's reader is gone (SIGPIPE) or a file has grown to its limit
/// (SIGXFSZ, setrlimit(2)) is told by errno alone, whatever the program does with these signals. One that was
/// pending before is left pending.
ssize_t write_quietly(int fd, std::string_view text) noexcept;

}  // namespace sesam
