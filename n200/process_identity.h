// SPDX-License-Identifier: Apache-2.0
// Whether another process, named in shared memory, still lives.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace sesam::n200 {

/// A process id alone may belong to a later process.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t started = 0;  ///< clock ticks since boot, as /proc/PID/stat has it (proc(5)); 0: not known
  ino_t pid_namespace = 0;    ///< in which the id counts (pid_namespaces(7)); 0: not known
};

ProcessIdentity this_process() noexcept;

/// Whether that process has ended; a zombie has. Where /proc cannot be read, kill(2) has to do. One of
/// another pid namespace cannot be asked for, and counts as living.
bool has_ended(const ProcessIdentity& process) noexcept;

}  // namespace sesam::n200
