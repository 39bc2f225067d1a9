// SPDX-License-Identifier: Apache-2.0
// The provider's module that was built or installed together with this command.
#pragma once

#include <filesystem>

namespace sesam::cli {

/// The path for `module =` in openssl.cnf. Empty if OpenSSL finds the module by itself, or if there is none.
std::filesystem::path own_module();

}  // namespace sesam::cli
