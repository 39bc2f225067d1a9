// SPDX-License-Identifier: Apache-2.0
// Reads the small files that settings and URIs name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"

namespace sesam {

/// Reads a whole file, into a Secret as it may hold a key, password or PIN; or returns errno: EFBIG above
/// `max_bytes`, ETIMEDOUT if the writer of a FIFO sends nothing for 2 s. A FIFO without a writer is empty.
std::variant<Secret, int> read_file(const std::string& path, std::size_t max_bytes = 1 << 20);

/// The same from an open descriptor, which stays open.
std::variant<Secret, int> read_file(int fd, std::size_t max_bytes = 1 << 20);

/// The maximum length of a password or PIN in a file, in bytes.
constexpr std::size_t kMaxSecretBytes = 256;

/// The password or PIN in `text`: its only line, without the line break (LF or CRLF) at its end.
/// Other text is rejected, as the wrong file must not be sent to the device; the string then
/// says why (it is empty, too long, has several lines or a zero byte) and quotes none of it.
std::variant<Secret, std::string> only_line(std::string_view text);

/// The same from a file; the string is strerror(3)'s if the file cannot be read.
std::variant<Secret, std::string> read_only_line(const std::string& path);
/// The same from an open descriptor, which stays open.
std::variant<Secret, std::string> read_only_line(int fd);

}  // namespace sesam
