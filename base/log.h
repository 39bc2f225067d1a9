// SPDX-License-Identifier: Apache-2.0
// The log: one line per event, to stderr, syslog or a file, as configured. Never contains a secret.
#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/line_output.h"
#include "base/record_line.h"
#include "base/result.h"

namespace sesam {

/// Levels on the vendor's scale, 0 (off) to 10 (everything); these are the ones in use.
enum class LogLevel : int {
  off = 0,
  failures = 1,
  retries = 2,
  connections = 3,
  keys = 4,
  requests = 5,
  everything = 10
};

/// Safe to use from any thread and across fork.
class Log {
 public:
  /// `output` is "stderr", "syslog" or a path, which is opened immediately (see LineOutput).
  /// Raises bad_configuration if that fails, or if `output` is empty and `level` is not 0.
  static Result<std::shared_ptr<const Log>> open(int level, std::string_view output,
                                                 LineFormat format = LineFormat::text,
                                                 std::string syslog_path = kSyslogPath);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Whether both logs have the same level, output and format.
  bool is_like(const Log& other) const noexcept;
  bool wants(LogLevel level) const noexcept { return static_cast<int>(level) <= level_; }
  /// Writes one line, made printable (base/printable.h), if the level is enabled. A line that cannot
  /// be written immediately (base/line_output.h) is dropped; the next line reports how many were. A
  /// file that was renamed, as by logrotate(8), is opened again; if that fails, one line reports it.
  void write(LogLevel level, std::string_view message) const noexcept;
  /// The same for a message in parts, joined only if the level is enabled. Out of memory: drops it.
  void write(LogLevel level, std::initializer_list<std::string_view> parts) const noexcept;

 private:
  Log(int level, std::string_view output, LineFormat format, std::string syslog_path);
  std::string line_of(LogLevel level, std::string_view message) const;
  int put(LogLevel level, std::string_view message) const;
  void warn_if_replaced() const;

  const int level_;
  const std::string output_name_;
  const LineFormat format_;
  const LineOutput output_;
  mutable std::atomic<unsigned> lost_{0};        // lines dropped since the last one written
  mutable std::atomic<bool> has_warned_{false};  // of a replaced file
};

}  // namespace sesam
