// SPDX-License-Identifier: Apache-2.0
// A list of texts as one text.
#pragma once

#include <string>
#include <string_view>

namespace sesam {

/// The texts one after the other, with the separator between them.
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
