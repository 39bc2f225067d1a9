// SPDX-License-Identifier: Apache-2.0
// Quotes commands to paste into a shell.
#pragma once

#include <string>

namespace sesam::cli {

/// The text as one word of a command line, quoted if necessary.
std::string shell_word(const std::string& text);

}  // namespace sesam::cli
