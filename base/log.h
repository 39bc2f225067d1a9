// SPDX-License-Identifier: Apache-2.0
// The log: one line an event, to stderr, syslog or a file, as configured. Never holds a secret.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/descriptors.h"
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

/// Safe from any thread: a line is one write(2).
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
  /// Writes one line, made printable (base/printable.h), if the level is wanted. A line that cannot be
  /// written, or not at once, is lost, and the next that is written says so: neither a wait nor a signal
  /// comes of it. Where the file of that path has become another one, as by logrotate(8), that is opened,
  /// within a second and where the process may.
  void write(LogLevel level, std::string_view message) const noexcept;
  /// The same for a message in parts, which are joined if the level is wanted. Out of memory: no line.
  void write(LogLevel level, std::initializer_list<std::string_view> parts) const noexcept;

 private:
  /// A file, and the one that it replaced.
  struct File {
    FileIdentity identity;
    std::unique_ptr<const File> previous;
  };

  Log(int level, int fd, std::string path);
  bool is_ours(const struct stat& status) const noexcept;
  void follow_rotation() const noexcept;
  void start_again() const noexcept;
  void replace_file(int fd) const noexcept;
  bool publish(const FileIdentity& next) const noexcept;
  bool put(std::string_view line) const noexcept;

  int level_;
  mutable std::atomic<int> fd_;  // the same until the program closes it; -1: syslog
  std::string path_;             // absolute; of a file that we opened
  FileIdentity root_;            // the root directory in which the path was found
  mutable std::atomic<const File*> file_{nullptr};
  mutable std::atomic<std::int64_t> next_look_ms_{0};
  mutable std::atomic<unsigned> lost_{0};  // lines since the last that was written
};

}  // namespace sesam
