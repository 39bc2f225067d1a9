// SPDX-License-Identifier: Apache-2.0
// What has to happen at the end of the process and around fork.
#pragma once

namespace sesam::provider {

/// Registers with atexit(3) and pthread_atfork(3), once per process. atexit, because OpenSSL tears providers
/// down too late on 3.0 and not at all on 4.0: the background thread must be gone before libcrypto is.
void register_process_life() noexcept;

}  // namespace sesam::provider
