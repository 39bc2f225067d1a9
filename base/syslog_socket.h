// SPDX-License-Identifier: Apache-2.0
// A connection to the syslog daemon. syslog(3) waits for a daemon that does not read, holds a lock that a
// forked child may find locked, and reports no failure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace sesam {

inline constexpr const char* kSyslogPath = "/dev/log";

/// A socket that does not block, close-on-exec, connected if a daemon listens at `path`. -1 and errno: there
/// is no descriptor left.
int open_syslog(const std::string& path) noexcept;
/// Connects the socket to the daemon that listens at `path` now; other threads may be sending. false: none
/// does.
bool connect_syslog(int fd, const std::string& path) noexcept;
/// Sends a message. Waits for a daemon that is busy, but no longer than `patience`. 0, or errno.
int send_syslog(int fd, std::string_view message, std::chrono::milliseconds patience) noexcept;

/// The message as syslog(3) sends it (RFC 3164), with the process id and without the time, which the daemon
/// adds: local time needs a lock, too. `priority`: facility and severity.
std::string syslog_message(int priority, std::string_view text);

}  // namespace sesam
