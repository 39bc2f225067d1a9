// SPDX-License-Identifier: Apache-2.0
// The log: one line an event, to stderr, syslog or a file, as configured. Never holds a secret.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace sesam {

/// The vendor's scale, 0 (off) to 10 (everything); these are the steps in use.
enum class LogLevel : int {
  off = 0,
  failures = 1,
  retries = 2,
  connections = 3,
  keys = 4,
  requests = 5,
  everything = 10
};

/// Immutable and safe from any thread: a line is one write(2).
class Log {
 public:
  /// `output` is "stderr", "syslog" or a path, which is opened at once (append, close-on-exec, no symbolic
  /// link, mode 0600), because the process may change its user and root directory later. Raises
  /// bad_configuration.
  static Result<std::shared_ptr<const Log>> open(int level, std::string_view output);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool wants(LogLevel level) const noexcept { return static_cast<int>(level) <= level_; }
  /// Writes one line, made printable (base/printable.h), if the level is wanted. Waits for nobody: a line
  /// that a pipe or terminal cannot take at once is lost, and the next that is written says so.
  void write(LogLevel level, std::string_view message) const noexcept;

 private:
  Log(int level, int fd, bool owns_fd) noexcept;
  bool is_ours(const struct stat& status) const noexcept;
  bool may_write(std::size_t bytes) const noexcept;

  int level_;
  int fd_;  // -1: syslog
  bool owns_fd_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  mutable std::atomic<unsigned> lost_{0};  // lines since the last that was written
};

}  // namespace sesam
