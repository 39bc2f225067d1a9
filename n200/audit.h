// SPDX-License-Identifier: Apache-2.0
// The audit: a record of each use of a private key and of each change to the device's keys.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/line_output.h"
#include "base/log.h"
#include "base/record_line.h"
#include "base/result.h"
#include "n200/audit_options.h"

namespace sesam::n200 {

/// The content of a record. Empty texts are left out.
struct AuditRecord {
  std::string_view event;  ///< "sign", "reject", "generate", "import", "delete"
  Reason result = Reason::none;
  std::string_view key_id;
  std::string_view nice_name;
  unsigned core = 0;
  std::string_view key_type{};  ///< of a new key
  unsigned key_bits = 0;
  std::string_view scheme{};
  std::span<const unsigned char> digest{};
  std::string_view node{};  ///< its URL
  std::chrono::microseconds duration{0};
};

/// Thread-safe and fork-safe. docs/OSSL_PROVIDER-sesam.7, "AUDIT", documents the fields.
class Audit {
 public:
  /// Opens the output at once, as LineOutput does. Returns null if no output is configured. `user`: the
  /// device's user. Raises bad_configuration if the audit is required and the output cannot be opened.
  static Result<std::shared_ptr<const Audit>> open(const AuditOptions& options, std::string_view user,
                                                   std::shared_ptr<const Log> log,
                                                   std::string syslog_path = kSyslogPath);

  bool has_digests() const noexcept { return options_.has_digests; }
  /// Call before a request is sent: raises audit_failed if the audit is required and known not to work. After
  /// a failure it tries to write the record that says how many records are missing.
  Result<void> check() const;
  /// Writes the record. A failure is logged once. The next record that can be written says how many are
  /// missing and which process lost them, because a forked child may outlive that process. Raises
  /// audit_failed if the audit is required.
  Result<void> write(const AuditRecord& record) const;

 private:
  Audit(const AuditOptions& options, std::string_view user, std::shared_ptr<const Log> log,
        std::string syslog_path);
  RecordLine begin_line(std::string_view event, std::string_view result) const;
  std::string line_of(const AuditRecord& record) const;
  std::string framed(std::string line) const;
  int put(std::string_view text) const;
  // Records that could not be written, and the process that made them.
  struct Lost {
    pid_t pid = 0;
    std::uint32_t count = 0;
  };
  // What a process got when it wrote; errno or 0.
  struct Failure {
    pid_t pid = 0;
    int error = 0;
    bool operator==(const Failure&) const = default;
  };
  void note_outcome(int failed) const noexcept;
  int put_lost() const;
  int put_lost(std::atomic<Lost>& lost) const;
  bool count_lost() const noexcept;
  static void add(std::atomic<Lost>& to, Lost more) noexcept;
  void note_failure(int failed) const;
  Error error_of(int failed) const;

  const AuditOptions options_;
  const std::string user_, program_;
  const std::shared_ptr<const Log> log_;
  const LineOutput output_;
  mutable std::atomic<Lost> lost_{};       // since the last successful write
  mutable std::atomic<Lost> inherited_{};  // lost by the parent process
  mutable std::atomic<Failure> last_{};    // the outcome of the last write
};

}  // namespace sesam::n200
