// SPDX-License-Identifier: Apache-2.0
#include "cli/colour.h"

#include <unistd.h>

#include <cstdlib>

namespace sesam::cli {
namespace {

ColourMode chosen_mode = ColourMode::automatic;

std::string_view variable(const char* name) noexcept {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool takes_colours(Stream stream) noexcept {
  if (chosen_mode != ColourMode::automatic) return chosen_mode == ColourMode::always;
  if (!variable("NO_COLOR").empty() || variable("TERM") == "dumb") return false;  // https://no-color.org
  return ::isatty(stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO) == 1;
}

// Select Graphic Rendition (ECMA-48, 8.3.117).
const char* rendition_of(Style style) noexcept {
  switch (style) {
    case Style::error:
    case Style::bad:
      return "\x1b[1;31m";
    case Style::warning:
      return "\x1b[1;33m";
    case Style::good:
      return "\x1b[32m";
    case Style::heading:
      return "\x1b[1m";
  }
  return "";
}

}  // namespace

void set_colour_mode(ColourMode mode) noexcept { chosen_mode = mode; }

std::string styled(std::string_view text, Style style, Stream stream) {
  if (!takes_colours(stream)) return std::string(text);
  return rendition_of(style) + std::string(text) + "\x1b[0m";
}

}  // namespace sesam::cli
