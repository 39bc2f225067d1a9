// SPDX-License-Identifier: Apache-2.0
// Where lines go, those of the log and of the audit: stderr, syslog or a file. A line is written at once, or
// not at all: writing neither waits nor raises a signal.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/descriptors.h"

namespace sesam {

/// Safe from any thread, and across fork: a line is one write(2), and there is no lock.
class LineOutput {
 public:
  /// `output` is "stderr", "syslog" or a path; empty: nowhere. A file is opened at once (append,
  /// close-on-exec, no symbolic link, mode 0600), because the process may change its user and root directory
  /// later. If that fails, open_error() says why, and writing tries again.
  explicit LineOutput(std::string_view output);
  ~LineOutput();
  LineOutput(const LineOutput&) = delete;
  LineOutput& operator=(const LineOutput&) = delete;

  /// errno of opening the file; 0: it is open, or the output is no file.
  int open_error() const noexcept { return open_error_; }
  bool is_nowhere() const noexcept { return kind_ == Kind::nowhere; }
  bool is_syslog() const noexcept { return kind_ == Kind::syslog; }

  /// Writes a line, which ends with a line break, to stderr or the file. 0, or errno: then nothing is
  /// written, or a part of it, which the next line does not continue. Where the file of that path has become
  /// another one, as by logrotate(8), that is opened, within a second and where the process may.
  int write(std::string_view line) const noexcept;
  /// Whether write() would find the file or stream at this moment: 0, or errno. Writes nothing.
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
  void follow_rotation() const noexcept;
  void start_again() const noexcept;
  void replace_file(int fd) const noexcept;
  bool publish(const FileIdentity& next) const noexcept;
  int put(std::string_view line, const struct stat& status) const noexcept;

  Kind kind_ = Kind::nowhere;
  int open_error_ = 0;
  mutable std::atomic<int> fd_{-1};  // the same until the program closes it
  std::string path_;                 // absolute; of a file that we opened
  FileIdentity root_;                // the root directory in which the path was found
  mutable std::atomic<const File*> file_{nullptr};
  mutable std::atomic<std::int64_t> next_look_ms_{0};
  mutable std::atomic<bool> is_cut_{false};  // the last line lacks its end
};

}  // namespace sesam
