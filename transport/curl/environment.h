// SPDX-License-Identifier: Apache-2.0
// Removes from the environment what libcurl must not read.
#pragma once

namespace sesam::transport::curl {

/// In a set-user-ID program (AT_SECURE, getauxval(3)), the environment comes from the program's caller, and
/// libcurl would open the file named by SSLKEYLOGFILE with the program's rights: removes the variable. Only
/// for the provider's init, as other threads of the program may use the environment later.
void distrust_environment() noexcept;

}  // namespace sesam::transport::curl
