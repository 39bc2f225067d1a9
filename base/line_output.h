// SPDX-License-Identifier: Apache-2.0
// Where lines go, those of the log and of the audit: stderr, syslog or a file. A line is written at once, or
// not at all: writing does not raise a signal, and waits for syslog only, for at most 0.1 s.
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

/// Safe from any thread, and across fork: a line is one write(2) or send(2), and there is no lock.
class LineOutput {
 public:
  /// `output` is "stderr", "syslog" or a path; empty: nowhere. A file is opened at once (append,
  /// close-on-exec, no symbolic link, mode 0600), because the process may change its user and root directory
  /// later. If that fails, open_error() says why, and writing tries again. For the same reason syslog is
  /// connected at once; a daemon that does not run is not an error, as it may start later.
  explicit LineOutput(std::string_view output, std::string syslog_path = kSyslogPath);
  ~LineOutput();
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  /// errno of opening the file; 0: it is open, or the output is not a file.
  int open_error() const noexcept { return open_error_; }
  bool is_nowhere() const noexcept { return kind_ == Kind::nowhere; }
  bool is_syslog() const noexcept { return kind_ == Kind::syslog; }
  const std::string& path() const noexcept { return path_; }

  /// Writes a line, which ends with a line break, to stderr or the file, or sends a syslog_message(). 0, or
  /// errno: then nothing is written, or a part of it, which the next line does not continue. If another file
  /// has the path, as after logrotate(8), it is opened, within a second and if the process may.
  int write(std::string_view line) const noexcept;
  /// Not 0: our file was renamed or removed, and opening another one at its path failed with this errno.
  /// Lines still go to our file, where they may be lost.
  int replaced() const noexcept { return replaced_.load(std::memory_order_relaxed); }
  /// Whether write() would find the file or stream at this moment, and it is not replaced(): 0, or errno.
  /// Writes nothing.
  int check() const noexcept;

 private:
  enum class Kind : std::uint8_t { nowhere, syslog, standard_error, file };
  /// A file, and the one that it replaced.
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
  mutable std::atomic<int> fd_{-1};  // the same until the program closes it
  std::string path_;                 // absolute; of a file that we opened, or of the syslog daemon's socket
  FileIdentity root_;                // the root directory in which the path was found
  mutable std::atomic<const File*> file_{nullptr};
  mutable std::atomic<std::int64_t> next_look_ms_{0};
  mutable std::atomic<int> replaced_{0};
  mutable std::atomic<bool> is_cut_{false};      // the last line lacks its end
  mutable std::atomic<bool> is_failing_{false};  // syslog did not take the last line
};

}  // namespace sesam
