// SPDX-License-Identifier: Apache-2.0
// Writes to files and pipes that other programs control.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace sesam {

/// write(2) without its signals: a pipe without a reader (SIGPIPE) and a file at
/// its size limit (SIGXFSZ, setrlimit(2)) are reported by errno only, whatever the
/// program does with these signals. A signal that was pending before stays pending.
ssize_t write_quietly(int fd, std::string_view text) noexcept;

}  // namespace sesam
