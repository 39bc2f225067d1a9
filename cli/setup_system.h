// SPDX-License-Identifier: Apache-2.0
// `sesam setup --system`: adds the provider to an openssl.cnf that has other contents.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/setup_files.h"

namespace sesam::cli::setup {

/// What --system names; OpenSSL's own openssl.cnf, whatever the environment says, where it names nothing.
std::string system_path(const std::string& chosen);

/// The file `path` (empty: OpenSSL's own) with the provider's section of `whole`, which is an openssl.cnf as
/// example_configuration() writes it, added to what it has. `default` is activated and comes first; sesam
/// comes last, and leaves pkcs11: URIs to pkcs11-provider where that is loaded. Raises bad_argument where the
/// file cannot be read, bad_configuration where it configures sesam otherwise or would not be valid.
Result<NewFile> system_file(const std::string& path, const std::string& whole);

}  // namespace sesam::cli::setup
