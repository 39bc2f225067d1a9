// SPDX-License-Identifier: Apache-2.0
// The words that JSON has for marks.
#pragma once

#include <cstddef>
#include <iterator>

#include "cli/output.h"

namespace sesam::cli {

/// "good", "warning", "bad", "skipped".
constexpr const char* word_of(Mark mark) noexcept {
  constexpr const char* kWords[] = {"good", "warning", "bad", "skipped"};
  static_assert(std::size(kWords) == static_cast<std::size_t>(Mark::skipped) + 1, "a word for each mark");
  return kWords[static_cast<std::size_t>(mark)];
}

}  // namespace sesam::cli
