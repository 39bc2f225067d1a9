// SPDX-License-Identifier: Apache-2.0
// Handlers for the end of the process and for fork.
#pragma once

namespace sesam::provider {

/// Registers with atexit(3) and pthread_atfork(3), once per process. atexit, because OpenSSL tears down
/// providers too late in 3.0 and not at all in 4.0: the background thread must end before libcrypto.
void register_process_life() noexcept;

}  // namespace sesam::provider
