// SPDX-License-Identifier: Apache-2.0
// Reads the small files that settings and URIs name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"

namespace sesam {

/// The whole file as a Secret (certificates are none, but keys, passwords and PINs are), or errno. Never
/// blocks: a FIFO that nobody writes to must not hang a program. A longer file is EFBIG.
std::variant<Secret, int> read_file(const std::string& path, std::size_t max_bytes = 1 << 20);

/// The same from one that is open.
std::variant<Secret, int> read_file(int fd, std::size_t max_bytes = 1 << 20);

/// The longest password or PIN that a file may hold.
constexpr std::size_t kMaxSecretBytes = 256;

/// The password or PIN in `text`: its only line, without the line break (LF or CRLF) that editors put behind
/// it. If it cannot be one, what it is instead, without any of its content: a file that was not meant must
/// not be sent to the device.
std::variant<Secret, std::string> only_line(std::string_view text);

/// The same from a file; also the system's message where it cannot be read.
std::variant<Secret, std::string> read_only_line(const std::string& path);
/// The same from one that is open.
std::variant<Secret, std::string> read_only_line(int fd);

}  // namespace sesam
