// SPDX-License-Identifier: Apache-2.0
// Colours and bold text in terminal output.
#pragma once

#include <string>
#include <string_view>

namespace sesam::cli {

enum class ColourMode { automatic, always, never };
/// Sets the mode that --color selects. `automatic`: colours on a terminal, unless NO_COLOR is set and not
/// empty, or TERM is "dumb".
void set_colour_mode(ColourMode mode) noexcept;

enum class Stream { out, errors };
enum class Style { error, warning, good, bad, heading };
/// The text in that style, if the stream takes colours; otherwise the unchanged text.
std::string styled(std::string_view text, Style style, Stream stream);

}  // namespace sesam::cli
