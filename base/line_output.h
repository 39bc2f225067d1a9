// SPDX-License-Identifier: Apache-2.0
// The output of log and audit lines: stderr, syslog or a file. A line is written immediately
// or not at all. Writing raises no signal, and waits only for syslog, for at most 0.1 s.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/descriptors.h"
#include "base/syslog_socket.h"

namespace sesam {

/// Safe to use from any thread and across fork: a line is one write(2) or send(2), without a lock.
class LineOutput {
 public:
  /// `output` is "stderr", "syslog" or a path; empty: no output. A file is opened immediately (append,
  /// close-on-exec, no symbolic link, mode 0600), because the process may change its user and root
  /// directory later. If that fails, open_error() says why, and write() tries again. For the same reason,
  /// syslog is connected immediately; a daemon that is not running is not an error, as it may start later.
  explicit LineOutput(std::string_view output, std::string syslog_path = kSyslogPath);
  ~LineOutput();
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  /// The errno of opening the file; 0: it was opened, or the output is not a file.
  int open_error() const noexcept { return open_error_; }
  bool is_nowhere() const noexcept { return kind_ == Kind::nowhere; }
  bool is_syslog() const noexcept { return kind_ == Kind::syslog; }
  const std::string& path() const noexcept { return path_; }

  /// Writes a line, which must end with a line break, to stderr or the file, or sends a syslog_message().
  /// 0, or errno: the line was not written, or only in part; the next line does not continue a partial one.
  /// If the path names another file, as after logrotate(8), opens that within a second, if the process may.
  int write(std::string_view line) const noexcept;
  /// Nonzero: our file was renamed or removed, and opening the file at its path
  /// failed with this errno. Lines still go to our file, where they may be lost.
  int replaced() const noexcept { return replaced_.load(std::memory_order_relaxed); }
  /// Checks, without writing, that the file is open and not replaced(): 0,
  /// or errno. EBADF if there is no output; always 0 for stderr and syslog.
  int check() const noexcept;

 private:
  enum class Kind : std::uint8_t { nowhere, syslog, standard_error, file };
  /// A file, and the file that it replaced.
  struct File {
    FileIdentity identity;
    std::unique_ptr<const File> previous;
  };

  void open(std::string_view path);
  bool is_ours(const struct stat& status) const noexcept;
  bool is_ours_open() const noexcept;
  bool is_time_to_look() const noexcept;
  void follow_rotation() const noexcept;
  void open_next(const struct stat& ours) const noexcept;
  void start_again() const noexcept;
  void replace_file(int fd) const noexcept;
  int send(std::string_view message) const noexcept;
  bool publish(const FileIdentity& next) const noexcept;
  int put(std::string_view line, const struct stat& status) const noexcept;

  Kind kind_ = Kind::nowhere;
  int open_error_ = 0;
  mutable std::atomic<int> fd_{-1};  // constant until the program closes it
  std::string path_;                 // of the file, usually absolute, or of the syslog daemon's socket
  FileIdentity root_;                // the root directory when the file was opened
  mutable std::atomic<const File*> file_{nullptr};
  mutable std::atomic<std::int64_t> next_look_ms_{0};
  mutable std::atomic<int> replaced_{0};
  mutable std::atomic<bool> is_cut_{false};      // the last line was cut off
  mutable std::atomic<bool> is_failing_{false};  // the last message to syslog failed
};

}  // namespace sesam
