// SPDX-License-Identifier: Apache-2.0
// A connection to the syslog daemon. Replaces syslog(3), which waits for an unresponsive
// daemon, uses a lock that a forked child may inherit locked, and does not report failures.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace sesam {

inline constexpr const char* kSyslogPath = "/dev/log";

/// A non-blocking, close-on-exec socket, connected if a daemon
/// listens at `path`. -1 and errno if the socket cannot be created.
int open_syslog(const std::string& path) noexcept;
/// Connects the socket to the daemon that listens at `path`
/// now; other threads may be sending. False on failure.
bool connect_syslog(int fd, const std::string& path) noexcept;
/// Sends a message; waits at most `patience` for a busy daemon. 0, or errno (EAGAIN: the daemon stayed busy).
int send_syslog(int fd, std::string_view message, std::chrono::milliseconds patience) noexcept;

/// Formats a message as syslog(3) does (RFC 3164), with the process id but without the time,
/// which the daemon adds: local time needs a lock too. `priority` is the facility and severity.
std::string syslog_message(int priority, std::string_view text);

}  // namespace sesam
