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
/// blocks: a FIFO that nobody writes to must not hang a program. A file of more than 1 MiB is EFBIG.
std::variant<Secret, int> read_file(const std::string& path);

/// The text without the line breaks at its end, which editors put behind passwords and PINs.
std::string_view without_line_end(std::string_view text) noexcept;

}  // namespace sesam
