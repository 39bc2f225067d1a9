// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "base/printable.h"

namespace sesam {
namespace {

int priority_of(LogLevel level) noexcept {
  return level <= LogLevel::failures ? LOG_ERR : level <= LogLevel::connections ? LOG_NOTICE : LOG_DEBUG;
}

}  // namespace

Log::Log(int level, std::string_view output, LineFormat format, std::string syslog_path)
    : level_(level),
      output_name_(output),
      format_(format),
      output_(level > 0 ? output : std::string_view(), std::move(syslog_path)) {}

Result<std::shared_ptr<const Log>> Log::open(int level, std::string_view output, LineFormat format,
                                             std::string syslog_path) {
  std::shared_ptr<const Log> log(new Log(level, output, format, std::move(syslog_path)));
  const int failed = level > 0 && output.empty() ? ENOENT : log->output_.open_error();
  if (failed == 0) return log;
  return Error{Reason::bad_configuration, "log_output = " + std::string(output) + ": " +
                                              std::strerror(failed) +
                                              "; allowed values: stderr, syslog or a path"};
}

bool Log::is_like(const Log& other) const noexcept {
  return level_ == other.level_ && format_ == other.format_ && output_name_ == other.output_name_;
}

std::string Log::line_of(LogLevel level, std::string_view message) const {
  if (format_ == LineFormat::text)
    return timestamp() + " sesam[" + std::to_string(getpid()) + "]: " + printable(message) + "\n";
  RecordLine line(format_);
  line.add("time", timestamp())
      .add("program", std::string_view(program_invocation_short_name))
      .add("pid", static_cast<std::uint64_t>(getpid()))
      .add("level", static_cast<std::uint64_t>(level))
      .add("message", message);
  return std::move(line).end();
}

int Log::put(LogLevel level, std::string_view message) const {
  if (!output_.is_syslog()) return output_.write(line_of(level, message));
  return output_.write(syslog_message(LOG_DAEMON | priority_of(level), "sesam: " + printable(message)));
}

void Log::warn_if_replaced() const {
  const int failed = output_.replaced();
  if (has_warned_.load(std::memory_order_relaxed) == (failed != 0)) return;
  if (has_warned_.exchange(failed != 0) || failed == 0) return;
  put(LogLevel::failures, "log_output = " + output_.path() + ": " + std::strerror(failed) +
                              "; this file was renamed or removed, and another one cannot be opened");
}

void Log::write(LogLevel level, std::string_view message) const noexcept try {
  if (!wants(level) || output_.is_nowhere()) return;
  // A single attempt, as a full pipe or disk must not fail or delay a signature.
  unsigned lost = lost_.exchange(0, std::memory_order_relaxed);
  int failed = 0;
  if (lost != 0)
    failed = put(LogLevel::failures, std::to_string(lost) + " earlier log messages were dropped");
  if (failed == 0) {
    lost = 0;
    failed = put(level, message);
  }
  if (failed != 0) lost_.fetch_add(lost + 1, std::memory_order_relaxed);
  warn_if_replaced();
} catch (...) {
  // Out of memory: the line is lost. The operation itself reports its errors.
}

void Log::write(LogLevel level, std::initializer_list<std::string_view> parts) const noexcept try {
  if (!wants(level)) return;
  std::string message;
  for (const auto part : parts) message.append(part);
  write(level, message);
} catch (const std::bad_alloc&) {
  return;
}

}  // namespace sesam
