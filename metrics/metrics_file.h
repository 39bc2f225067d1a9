// SPDX-License-Identifier: Apache-2.0
// The file that a process's metrics are written to, whole, for somebody who reads it now and then.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/descriptors.h"
#include "base/result.h"

namespace sesam::metrics {

/// Named by a pattern: a path in whose last part %p stands for the process id, %e for the program's name, and
/// %% for a percent sign, as in core(5). With %p the file is that of a living process; without, it outlives
/// it.
class MetricsFile {
 public:
  /// Raises bad_configuration, saying what is allowed.
  static Result<void> check(std::string_view pattern);

  /// Opens the directory at once, because the process may change its user and root directory later; if it
  /// cannot be opened, write() tries again. The pattern must have passed check().
  explicit MetricsFile(std::string_view pattern);
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  const std::string& pattern() const noexcept { return pattern_; }
  /// What tells the samples of this file from those in files of other processes, as in OpenMetrics:
  /// program="named", and with %p pid="4711".
  std::string labels() const;
  /// Puts the text in the file's place: a reader sees the old one or the new one, mode 0644. From one thread
  /// at a time. 0, or errno. Throws std::bad_alloc.
  int write(std::string_view text);
  bool is_of_one_process() const noexcept { return by_process_; }
  /// Removes what write() has put there. What another MetricsFile of this process has put there since, for
  /// another configuration with the same name, stays.
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
  struct stat written_ {};  // the file that write() put in place last
};

}  // namespace sesam::metrics
