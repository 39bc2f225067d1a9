// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "cli/bench_run.h"

namespace sesam::cli {
namespace {

std::size_t counted(const std::vector<LatencyBar>& bars) {
  return std::accumulate(bars.begin(), bars.end(), std::size_t{0},
                         [](std::size_t sum, const LatencyBar& bar) { return sum + bar.count; });
}

TEST(LatencyBars, count_every_latency_once) {
  for (const std::vector<std::uint32_t>& latencies : {std::vector<std::uint32_t>{0},
                                                      {0, 0, 1},
                                                      {5, 5, 5},
                                                      {1, 4'000'000'000},
                                                      {100, 200, 400, 800, 1600}}) {
    const auto bars = latency_bars(latencies);
    EXPECT_EQ(counted(bars), latencies.size());
    EXPECT_GE(bars.back().up_to_ms * 1000 * 1.0001, latencies.back());
  }
}

TEST(LatencyBars, have_bounds_that_grow_by_the_same_ratio) {
  const auto bars = latency_bars(std::vector<std::uint32_t>{1000, 4'096'000});
  ASSERT_EQ(bars.size(), 12U);
  EXPECT_EQ(bars.front().count, 1U);
  EXPECT_EQ(bars.back().count, 1U);
  for (std::size_t i = 1; i < bars.size(); ++i) EXPECT_NEAR(bars[i].up_to_ms / bars[i - 1].up_to_ms, 2, 1e-6);
}

TEST(LatencyBars, are_empty_without_latencies) {
  EXPECT_TRUE(latency_bars({}).empty());
  EXPECT_EQ(text_plot({}, true), "");
  EXPECT_THAT(svg_plot({}, "nothing"), testing::EndsWith("</svg>\n"));
}

TEST(TextPlot, shows_every_bar_that_is_not_empty) {
  const std::string plot = text_plot({{0.5, 1}, {12, 1000}, {150, 0}}, false);
  EXPECT_EQ(plot, "    0.50 ms # 1\n    12.0 ms " + std::string(50, '#') + " 1000\n     150 ms 0\n");
}

TEST(SvgPlot, stays_valid_whatever_its_title) {
  EXPECT_THAT(svg_plot({{1, 1}}, "<a&b"), testing::HasSubstr(">&lt;a&amp;b<"));
}

TEST(BenchResult, has_percentiles_that_so_many_latencies_do_not_exceed) {
  BenchResult result;
  EXPECT_EQ(result.percentile_us(0.5), 0U);
  for (std::uint32_t i = 1; i <= 200; ++i) result.latencies_us.push_back(i);
  EXPECT_EQ(result.percentile_us(0.5), 100U);
  EXPECT_EQ(result.percentile_us(0.99), 198U);
  EXPECT_EQ(result.percentile_us(1), 200U);
  result.latencies_us = {7};
  EXPECT_EQ(result.percentile_us(0.5), 7U);
  EXPECT_EQ(result.percentile_us(1), 7U);
}

}  // namespace
}  // namespace sesam::cli
