// SPDX-License-Identifier: Apache-2.0
// Bar charts of the distribution of latencies, for a terminal and as SVG.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sesam::cli {

struct LatencyBar {
  double up_to_ms;  ///< upper bound; the previous bar's is the lower bound
  std::size_t count;
};

/// Twelve bars with a constant ratio between their bounds; none without latencies. `latencies_us` must be in
/// ascending order.
std::vector<LatencyBar> latency_bars(std::span<const std::uint32_t> latencies_us);

/// A line for each bar, to fit 80 columns; block characters if `utf8`, otherwise "#".
std::string text_plot(const std::vector<LatencyBar>& bars, bool utf8);

/// The bars as an SVG image with `title` at the top.
std::string svg_plot(const std::vector<LatencyBar>& bars, const std::string& title);

}  // namespace sesam::cli
