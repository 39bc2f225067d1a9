// SPDX-License-Identifier: Apache-2.0
// Colours and bold text, where a terminal shows them.
#pragma once

#include <string>
#include <string_view>

namespace sesam::cli {

enum class ColourMode { automatic, always, never };
/// What --color says; main() sets it once. `automatic`: on a terminal, unless the environment has a NO_COLOR
/// that is not empty, or TERM=dumb.
void set_colour_mode(ColourMode mode) noexcept;

enum class Stream { out, errors };
enum class Style { error, warning, good, bad, heading };
/// The text in that style, if the stream takes colours; otherwise the text as it is.
std::string styled(std::string_view text, Style style, Stream stream);

}  // namespace sesam::cli
