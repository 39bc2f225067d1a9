// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sesam::cli {
namespace {

constexpr std::size_t kBars = 12;
constexpr std::size_t kWidest = 50;  // characters
constexpr int kLeft = 20, kBase = 300, kHighest = 230, kBarWidth = 50,
              kWidth = 2 * kLeft + kBarWidth * int{kBars};

std::size_t highest(const std::vector<LatencyBar>& bars) {
  std::size_t most = 1;
  for (const LatencyBar& bar : bars) most = std::max(most, bar.count);
  return most;
}

// Two or three significant digits: "0.85", "12.3", "140".
std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return text;
}

std::string svg_text(int x, int y, const std::string& text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\">" + text + "</text>\n";
}

std::string xml(const std::string& text) {
  std::string safe;
  for (const char c : text) safe += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return safe;
}

}  // namespace

std::vector<LatencyBar> latency_bars(std::span<const std::uint32_t> latencies_us) {
  if (latencies_us.empty()) return {};
  const double lowest = std::max<double>(1, latencies_us.front());
  const double ratio = std::pow(std::max<double>(lowest + 1, latencies_us.back()) / lowest, 1.0 / kBars);
  std::vector<LatencyBar> bars;
  auto begin = latencies_us.begin();
  for (std::size_t i = 1; i <= kBars; ++i) {
    const double bound = lowest * std::pow(ratio, static_cast<double>(i));
    const auto end =
        i == kBars ? latencies_us.end()
                   : std::upper_bound(begin, latencies_us.end(), bound,
                                      [](double value, std::uint32_t latency) { return value < latency; });
    bars.push_back({bound / 1000, static_cast<std::size_t>(end - begin)});
    begin = end;
  }
  return bars;
}

std::string text_plot(const std::vector<LatencyBar>& bars, bool utf8) {
  std::string plot;
  for (const LatencyBar& bar : bars) {
    const std::string bound = short_number(bar.up_to_ms);
    plot += std::string(bound.size() < 8 ? 8 - bound.size() : 0, ' ') + bound + " ms ";
    // Rounds up, so that no bar with a count is invisible.
    const std::size_t length = (bar.count * kWidest + highest(bars) - 1) / highest(bars);
    for (std::size_t i = 0; i < length; ++i) plot += utf8 ? "█" : "#";
    plot += (length > 0 ? " " : "") + std::to_string(bar.count) + '\n';
  }
  return plot;
}

std::string svg_plot(const std::vector<LatencyBar>& bars, const std::string& title) {
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + std::to_string(kWidth) +
                    " 350\" font-family=\"sans-serif\" font-size=\"12\" text-anchor=\"middle\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" +
                    svg_text(kWidth / 2, 24, xml(title)) +
                    svg_text(kWidth / 2, kBase + 40, "latency, up to … ms");
  int x = kLeft;
  for (const LatencyBar& bar : bars) {
    const int height = static_cast<int>(bar.count * kHighest / highest(bars));
    svg += "<rect x=\"" + std::to_string(x + 3) + "\" y=\"" + std::to_string(kBase - height) + "\" width=\"" +
           std::to_string(kBarWidth - 6) + "\" height=\"" + std::to_string(height) +
           "\" fill=\"#1d3557\"/>\n" +
           svg_text(x + kBarWidth / 2, kBase - height - 6, std::to_string(bar.count)) +
           svg_text(x + kBarWidth / 2, kBase + 18, short_number(bar.up_to_ms));
    x += kBarWidth;
  }
  return svg + "</svg>\n";
}

}  // namespace sesam::cli
