// SPDX-License-Identifier: Apache-2.0
// When the metrics file is written: by the I/O thread, while requests flow, and once more after them.
#pragma once

#include <chrono>

#include "base/log.h"
#include "metrics/metrics_file.h"
#include "metrics/metrics_text.h"

namespace sesam::metrics {

using Clock = std::chrono::steady_clock;

/// The I/O thread's own. Nothing wakes the thread for it while nothing has changed.
class MetricsWriter {
 public:
  /// `file`: null where none is configured. Both must outlive this.
  MetricsWriter(MetricsFile* file, MetricsText text, const Log& log) noexcept
      : file_(file), text_(text), log_(log) {}

  /// Something that the file tells has changed.
  void changed() noexcept { changed_ = true; }
  /// Writes, if it is time to.
  void tick(Clock::time_point now) noexcept;
  /// When tick() has something to do: an interval after the first change, and once more an interval after
  /// that.
  Clock::time_point next_event(Clock::time_point now) noexcept;
  /// The last time: the thread ends.
  void end() noexcept;

  static constexpr Clock::duration kInterval = std::chrono::seconds(5);

 private:
  static constexpr Clock::time_point kNever = Clock::time_point::max();
  void write() noexcept;

  MetricsFile* const file_;
  const MetricsText text_;
  const Log& log_;
  bool changed_ = false;
  bool failing_ = false;  // and the log has it
  Clock::time_point due_ = kNever;
};

}  // namespace sesam::metrics
