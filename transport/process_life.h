// SPDX-License-Identifier: Apache-2.0
// Handles the end of the process, and fork, for all pipelines at once.
#pragma once

namespace sesam::transport {

enum class Stop { until_next_use, for_good };
/// Fails waiting calls, stops and joins the threads, within 2 s. until_next_use: from the teardown of the
/// last instance; for_good: from atexit(3), after which perform() fails with Failure::stopped at once.
void stop_all(Stop how = Stop::until_next_use) noexcept;
void before_fork() noexcept;  ///< park the I/O threads where they hold no lock of curl, OpenSSL or malloc
void after_fork_parent() noexcept;
void after_fork_child() noexcept;  ///< close the inherited sockets, forget the rest; the next perform()
                                   ///< starts a new thread

}  // namespace sesam::transport
