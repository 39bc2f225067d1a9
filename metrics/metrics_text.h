// SPDX-License-Identifier: Apache-2.0
// Who puts the counters into words: a function of a folder that knows what they mean.
#pragma once

#include <string>
#include <string_view>

namespace sesam::metrics {

struct Counts;

/// Renders what was counted, with these labels on every sample.
using MetricsText = std::string (*)(const Counts& counts, std::string_view labels);

}  // namespace sesam::metrics
