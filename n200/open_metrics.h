// SPDX-License-Identifier: Apache-2.0
// What was counted, as text in the OpenMetrics format.
#pragma once

#include <string>
#include <string_view>

#include "metrics/metrics_text.h"

namespace sesam::n200 {

/// A whole exposition, up to its end mark. `labels` stand on every sample: name="value", separated by commas,
/// or nothing. Counters, gauges and histograms alone, so that readers of Prometheus' older text format take
/// it too. Source: the OpenMetrics specification 1.0, as in
/// https://prometheus.io/docs/specs/om/open_metrics_spec/.
std::string open_metrics(const metrics::Counts& counts, std::string_view labels);

}  // namespace sesam::n200
