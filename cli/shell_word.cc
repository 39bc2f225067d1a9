// SPDX-License-Identifier: Apache-2.0
#include "cli/shell_word.h"

namespace sesam::cli {

std::string shell_word(const std::string& text) {
  if (!text.empty() && text.find_first_of(" \t\n\"'\\$`&;|<>()*?[]#~!{}") == text.npos) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace sesam::cli
