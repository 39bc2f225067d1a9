// SPDX-License-Identifier: Apache-2.0
// The file that a process's metrics are written to, always as a whole, for a collector to read periodically.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/descriptors.h"
#include "base/result.h"

namespace sesam::metrics {

/// Named by a pattern: a path whose last part may contain %p for the process
/// id, %e for the program's name, and %% for a percent sign, as in core(5).
/// With %p, the file is removed when the process ends; without, it stays.
class MetricsFile {
 public:
  /// Checks a pattern. Raises bad_configuration, which says what is allowed.
  static Result<void> check(std::string_view pattern);

  /// Opens the directory immediately, because the process may change its user and root directory
  /// later; if it cannot be opened, write() tries again. The pattern must have passed check().
  explicit MetricsFile(std::string_view pattern);
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  const std::string& pattern() const noexcept { return pattern_; }
  /// The OpenMetrics labels that distinguish the samples of this file from
  /// those of other processes: program="named" and, with %p, pid="4711".
  std::string labels() const;
  /// Replaces the file atomically, with mode 0644: readers see the old text or the new
  /// one. Call it from one thread at a time. Returns 0, or errno. Throws std::bad_alloc.
  int write(std::string_view text);
  bool is_of_one_process() const noexcept { return by_process_; }
  /// Removes the file that write() created, unless another MetricsFile of this
  /// process, for another configuration with the same name, has replaced it since.
  void remove();

 private:
  void find_directory();
  std::string name() const;
  int replace(const std::string& name, std::string_view text);

  const std::string pattern_;
  std::string directory_;
  std::string name_pattern_;
  std::string program_;
  bool by_process_ = false;
  OwnDescriptor directory_fd_;
  struct stat written_ {};  // the file that write() created last
};

}  // namespace sesam::metrics
