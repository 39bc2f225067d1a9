// SPDX-License-Identifier: Apache-2.0
// The audit: a record of each use of a private key and of each change of the device's keys.
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

/// What a record says of an operation. Empty texts are left out.
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

/// Safe from any thread, and across fork. docs/OSSL_PROVIDER-sesam.7, "AUDIT", has the fields.
class Audit {
 public:
  /// Opens the output at once, as LineOutput does; null where there is none. `user`: of the device. Raises
  /// bad_configuration where the audit is required and the output cannot be opened.
  static Result<std::shared_ptr<const Audit>> open(const AuditOptions& options, std::string_view user,
                                                   std::shared_ptr<const Log> log,
                                                   std::string syslog_path = kSyslogPath);

  bool has_digests() const noexcept { return options_.has_digests; }
  /// Before the device is asked: raises audit_failed if the audit is required and known not to work. After a
  /// record that could not be written it is tried: with the record that says how many are missing.
  Result<void> check() const;
  /// Writes the record. If that fails, the log says so once, and the next record that is written how many are
  /// missing, and of which process: a forked child may be the only one that lives on to say it. Raises
  /// audit_failed where the audit is required.
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
  mutable std::atomic<Lost> lost_{};         // since the last record that was written
  mutable std::atomic<Lost> inherited_{};    // those of the process that forked this one
  mutable std::atomic<int> last_failed_{0};  // errno of the last record; 0: it was written
};

}  // namespace sesam::n200
