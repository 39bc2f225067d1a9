// SPDX-License-Identifier: Apache-2.0
// `sesam setup --system`: the markers around its additions to a file.
#pragma once

#include <string>
#include <string_view>

namespace sesam::cli::setup {

inline constexpr std::string_view kBegin = "# Added by `sesam setup`: begin\n";
inline constexpr std::string_view kEnd = "# Added by `sesam setup`: end\n";

/// All additions to `text`, with their markers.
inline std::string blocks_in(std::string_view text) {
  std::string blocks;
  while (true) {
    const auto begin = text.find(kBegin);
    const auto end = begin == text.npos ? text.npos : text.find(kEnd, begin);
    if (end == text.npos) return blocks;
    blocks += text.substr(begin, end + kEnd.size() - begin);
    text.remove_prefix(end + kEnd.size());
  }
}

}  // namespace sesam::cli::setup
