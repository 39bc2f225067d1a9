// SPDX-License-Identifier: Apache-2.0
// Schedules the writing of the metrics file: by the I/O thread, while requests flow, and once after them.
#pragma once

#include <chrono>

#include "base/log.h"
#include "metrics/metrics_file.h"
#include "metrics/metrics_text.h"

namespace sesam::metrics {

using Clock = std::chrono::steady_clock;

/// Used by the I/O thread, which it wakes only after changes.
class MetricsWriter {
 public:
  /// `file`: null if none is configured. `file` and `log` must outlive this object.
  MetricsWriter(MetricsFile* file, MetricsText text, const Log& log) noexcept
      : file_(file), text_(text), log_(log) {}

  /// Notes that something in the file has changed.
  void changed() noexcept { changed_ = true; }
  /// Writes the file if it is due.
  void tick(Clock::time_point now) noexcept;
  /// When tick() has something to do: one kInterval after
  /// the first change, and again one kInterval after that.
  Clock::time_point next_event(Clock::time_point now) noexcept;
  /// The thread ends: removes the file if it belongs to one process, else writes it a last time.
  void end() noexcept;

  static constexpr Clock::duration kInterval = std::chrono::seconds(5);

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  void write() noexcept;

  MetricsFile* const file_;
  const MetricsText text_;
  const Log& log_;
  bool changed_ = false;
  bool failing_ = false;  // the last write failed, and the log says so
  Clock::time_point due_ = kNever;
};

}  // namespace sesam::metrics
