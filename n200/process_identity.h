// SPDX-License-Identifier: Apache-2.0
// Finds out whether another process, recorded in shared memory, still exists.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace sesam::n200 {

/// Identifies a process: its id alone may be reused by a later one.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t started = 0;  ///< clock ticks since boot, from /proc/PID/stat (proc(5)); 0: not known
  ino_t pid_namespace = 0;    ///< in which the id is valid (pid_namespaces(7)); 0: not known
};

ProcessIdentity this_process() noexcept;

/// Whether that process has ended; a zombie has. If /proc cannot be read, kill(2) is used instead. A process
/// of another pid namespace cannot be checked, and counts as running.
bool has_ended(const ProcessIdentity& process) noexcept;

}  // namespace sesam::n200
