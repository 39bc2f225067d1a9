// SPDX-License-Identifier: Apache-2.0
// The end of the process and fork, for all pipelines at once.
#pragma once

namespace sesam::transport {

enum class Stop { until_next_use, for_good };
/// Fails what waits, stops and joins the threads, within 2 s. From teardown of the last instance:
/// until_next_use; from atexit(3): for_good, after which perform() answers Failure::stopped at once.
void stop_all(Stop how = Stop::until_next_use) noexcept;
void before_fork() noexcept;  ///< park the I/O threads where they hold no lock of curl, OpenSSL or malloc
void after_fork_parent() noexcept;
void after_fork_child() noexcept;  ///< close the inherited sockets, forget the rest; the next perform()
                                   ///< starts again

}  // namespace sesam::transport
