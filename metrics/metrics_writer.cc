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

// Callers count a moment after the I/O thread is done with them. So a change is followed by two writes, the
// second of which surely has it all.
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
  return;  // no memory for the name of a file
}

void MetricsWriter::write() noexcept try {
  const int failed = file_->write(text_(counts(), file_->labels()));
  const bool said = std::exchange(failing_, failed != 0);
  if (failed == 0 || said) return;
  log_.write(LogLevel::failures, "metrics_file = " + file_->pattern() + ": cannot be written: " +
                                     std::strerror(failed) + "; further failures are not logged");
} catch (const std::exception&) {
  return;  // no memory for it now: there will be another time
}

}  // namespace sesam::metrics
