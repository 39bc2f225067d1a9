// SPDX-License-Identifier: Apache-2.0
// `sesam setup --system`: adds the provider to an existing openssl.cnf.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/setup_files.h"

namespace sesam::cli::setup {

/// The file that --system names; by default OpenSSL's own openssl.cnf, regardless of the environment.
std::string system_path(const std::string& chosen);

/// The file `path` (empty: OpenSSL's own) with the provider's section added from `whole`, which is an
/// openssl.cnf as example_configuration() writes it. `default` is activated and comes first; sesam comes
/// last, and leaves pkcs11: URIs to pkcs11-provider if that is loaded. Raises bad_argument if the file cannot
/// be read, bad_configuration if it configures sesam in another way or would become invalid.
Result<NewFile> system_file(const std::string& path, const std::string& whole);

}  // namespace sesam::cli::setup
