// SPDX-License-Identifier: Apache-2.0
#include "n200/audit.h"

#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/hex.h"
#include "metrics/counts.h"

namespace sesam::n200 {

Audit::Audit(const AuditOptions& options, std::string_view user, std::shared_ptr<const Log> log,
             std::string syslog_path)
    : options_(options),
      user_(user),
      program_(program_invocation_short_name),
      log_(std::move(log)),
      output_(options.output, std::move(syslog_path)) {}

Result<std::shared_ptr<const Audit>> Audit::open(const AuditOptions& options, std::string_view user,
                                                 std::shared_ptr<const Log> log, std::string syslog_path) {
  if (options.output.empty()) return std::shared_ptr<const Audit>();
  std::shared_ptr<const Audit> audit(new Audit(options, user, std::move(log), std::move(syslog_path)));
  if (const int failed = audit->output_.open_error(); failed != 0 && options.is_required)
    return Error{Reason::bad_configuration, "audit_output = " + options.output + ": " +
                                                std::strerror(failed) +
                                                "; audit_required = yes, so it must be writable"};
  return audit;
}

RecordLine Audit::begin_line(std::string_view event, std::string_view result) const {
  RecordLine line(options_.format);
  line.add("time", timestamp()).add("event", event).add("result", result).add("program", program_);
  line.add("pid", static_cast<std::uint64_t>(getpid())).add("uid", std::uint64_t{geteuid()});
  if (!user_.empty()) line.add("user", user_);
  return line;
}

std::string Audit::line_of(const AuditRecord& record) const {
  RecordLine line = begin_line(record.event, record.result == Reason::none ? "ok" : name_of(record.result));
  const auto add = [&line](std::string_view name, std::string_view value) {
    if (!value.empty()) line.add(name, value);
  };
  add("key_id", record.key_id);
  add("nice_name", record.nice_name);
  line.add("core", std::uint64_t{record.core});
  add("key_type", record.key_type);
  if (record.key_bits != 0) line.add("key_bits", std::uint64_t{record.key_bits});
  add("scheme", record.scheme);
  if (options_.has_digests && !record.digest.empty()) line.add("digest", to_hex(record.digest));
  add("node", record.node);
  line.add("duration_ms", record.duration);
  return std::move(line).end();
}

Error Audit::error_of(int failed) const {
  std::string text = "audit_output = " + options_.output + ": " + std::strerror(failed);
  if (output_.replaced() != 0) text += "; the file was renamed or removed, and another one cannot be opened";
  return {Reason::audit_failed, std::move(text)};
}

Result<void> Audit::check() const {
  if (!options_.is_required) return {};
  int failed = output_.check();
  if (failed == 0 && last_.load(std::memory_order_relaxed).error != 0) {
    failed = put_lost();
    // Still a failure: another thread is writing that record, or was when its process forked this one.
    if (const Failure last = last_.load(); failed == 0 && last.pid == getpid()) failed = last.error;
  }
  if (failed == 0) return {};
  metrics::counts().audit_failures.add();
  return Error{Reason::audit_failed, error_of(failed).detail + "; nothing was sent to the device"};
}

std::string Audit::framed(std::string line) const {
  if (!output_.is_syslog()) return line;
  line.pop_back();  // the line break
  return syslog_message(LOG_AUTHPRIV | LOG_INFO, "sesam: " + line);
}

int Audit::put(std::string_view text) const {
  if (output_.is_nowhere()) return EBADF;
  int failed = output_.write(text);
  if (failed == 0) failed = output_.replaced();
  note_outcome(failed);
  return failed;
}

// After a success that follows a success, this writes nothing that threads share.
void Audit::note_outcome(int failed) const noexcept {
  const Failure last = last_.load(std::memory_order_relaxed);
  if (failed == 0 && last.error == 0) return;
  if (const Failure now{getpid(), failed}; now != last) last_.store(now, std::memory_order_relaxed);
}

// Lock-free: if two threads write after a failure, one of them reports how many records are missing.
int Audit::put_lost() const {
  for (auto* lost : {&inherited_, &lost_})
    if (const int failed = put_lost(*lost); failed != 0) return failed;
  return 0;
}

int Audit::put_lost(std::atomic<Lost>& slot) const {
  Lost lost = slot.load();
  if (lost.count == 0) return 0;
  RecordLine line = begin_line("lost", name_of(Reason::audit_failed));
  line.add("count", std::uint64_t{lost.count}).add("lost_pid", static_cast<std::uint64_t>(lost.pid));
  const std::string text = framed(std::move(line).end());
  if (!slot.compare_exchange_strong(lost, {})) return 0;
  const int failed = put(text);
  if (failed != 0) add(lost.pid == getpid() ? lost_ : inherited_, lost);
  return failed;
}

void Audit::add(std::atomic<Lost>& to, Lost more) noexcept {
  Lost before = to.load();
  while (!to.compare_exchange_weak(before,
                                   before.count == 0 ? more : Lost{before.pid, before.count + more.count}))
    continue;
}

// Returns true if no record was lost before. Records that the parent process lost are counted separately,
// because each of its children inherits the same number.
bool Audit::count_lost() const noexcept {
  const pid_t self = getpid();
  Lost before = lost_.load();
  while (!lost_.compare_exchange_weak(before, {self, before.pid == self ? before.count + 1 : 1})) continue;
  if (before.count == 0) return inherited_.load().count == 0;
  if (before.pid != self) add(inherited_, before);
  return false;
}

void Audit::note_failure(int failed) const {
  metrics::counts().audit_failures.add();
  if (!count_lost()) return;
  log_->write(LogLevel::failures, {error_of(failed).detail, "; ",
                                   options_.is_required ? "operations fail until it can be written"
                                                        : "operations continue without audit records",
                                   "; this is logged once"});
}

Result<void> Audit::write(const AuditRecord& record) const {
  const bool has_lost = lost_.load(std::memory_order_relaxed).count != 0 ||
                        inherited_.load(std::memory_order_relaxed).count != 0;
  int failed = has_lost && output_.replaced() == 0 ? put_lost() : 0;
  if (failed == 0) failed = put(framed(line_of(record)));
  if (failed == 0) return {};
  note_failure(failed);
  return options_.is_required ? Result<void>(error_of(failed)) : Result<void>();
}

}  // namespace sesam::n200
