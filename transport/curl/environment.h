// SPDX-License-Identifier: Apache-2.0
// What libcurl reads from the environment, and must not.
#pragma once

namespace sesam::transport::curl {

/// In a set-user-ID program (AT_SECURE, getauxval(3)) the environment is that of its caller, and libcurl
/// would open the file that SSLKEYLOGFILE names, with the program's rights: removes the variable. For the
/// provider's init alone, as other threads of the program may use its environment later.
void distrust_environment() noexcept;

}  // namespace sesam::transport::curl
