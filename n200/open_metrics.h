// SPDX-License-Identifier: Apache-2.0
// Writes the counters as text in the OpenMetrics format.
#pragma once

#include <string>
#include <string_view>

#include "metrics/metrics_text.h"

namespace sesam::n200 {

/// Returns a whole exposition, including its end mark. `labels` are added to every sample: name="value",
/// separated by commas, or empty. It has only counters, gauges and histograms, so that parsers of Prometheus'
/// older text format accept it too. Source: the OpenMetrics specification 1.0,
/// https://prometheus.io/docs/specs/om/open_metrics_spec/.
std::string open_metrics(const metrics::Counts& counts, std::string_view labels);

}  // namespace sesam::n200
