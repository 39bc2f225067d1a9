// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics_writer.h"

#include <cstring>
#include <exception>
#include <string>
#include <utility>

#include "metrics/counts.h"

namespace sesam::metrics {

Clock::time_point MetricsWriter::next_event(Clock::time_point now) noexcept {
  if (file_ != nullptr && changed_ && due_ == kNever) due_ = now + kInterval;
  return due_;
}

// Callers update their counters shortly after the I/O thread is done
// with them. So two writes follow a change: the second one is complete.
void MetricsWriter::tick(Clock::time_point now) noexcept {
  if (now < next_event(now)) return;
  write();
  due_ = std::exchange(changed_, false) ? now + kInterval : kNever;
}

void MetricsWriter::end() noexcept try {
  if (file_ == nullptr) return;
  if (file_->is_of_one_process())
    file_->remove();
  else
    write();
} catch (const std::exception&) {
  return;  // out of memory for the file's name
}

void MetricsWriter::write() noexcept try {
  const int failed = file_->write(text_(counts(), file_->labels()));
  const bool said = std::exchange(failing_, failed != 0);
  if (failed == 0 || said) return;
  log_.write(LogLevel::failures, "metrics_file = " + file_->pattern() + ": cannot be written: " +
                                     std::strerror(failed) + "; further failures are not logged");
} catch (const std::exception&) {
  return;  // out of memory: the next write may succeed
}

}  // namespace sesam::metrics
