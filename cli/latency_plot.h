// SPDX-License-Identifier: Apache-2.0
// How latencies are distributed, as bars: for a terminal, and as an SVG.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sesam::cli {

struct LatencyBar {
  double up_to_ms;  ///< the lower bound is the upper one of the bar before
  std::size_t count;
};

/// `latencies_us` in ascending order. A dozen bars of equal ratio between their bounds; none without
/// latencies.
std::vector<LatencyBar> latency_bars(std::span<const std::uint32_t> latencies_us);

/// A line for each bar, as wide as a terminal; blocks where `utf8`, else "#".
std::string text_plot(const std::vector<LatencyBar>& bars, bool utf8);

/// A picture of them. `title` stands above.
std::string svg_plot(const std::vector<LatencyBar>& bars, const std::string& title);

}  // namespace sesam::cli
