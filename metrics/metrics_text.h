// SPDX-License-Identifier: Apache-2.0
// The type of the function that renders the counters, provided by a folder that knows what they mean.
#pragma once

#include <string>
#include <string_view>

namespace sesam::metrics {

struct Counts;

/// Renders the counters, with these labels on every sample.
using MetricsText = std::string (*)(const Counts& counts, std::string_view labels);

}  // namespace sesam::metrics
