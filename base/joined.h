// SPDX-License-Identifier: Apache-2.0
// Joins a list of texts.
#pragma once

#include <string>
#include <string_view>

namespace sesam {

/// Concatenates the texts, with the separator between them.
template <typename Texts>
std::string joined(const Texts& texts, std::string_view separator) {
  std::string all;
  bool is_first = true;
  for (const auto& text : texts) {
    if (!is_first) all += separator;
    is_first = false;
    all += text;
  }
  return all;
}

}  // namespace sesam
