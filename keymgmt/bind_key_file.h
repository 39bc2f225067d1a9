// SPDX-License-Identifier: Apache-2.0
// BIND's K*.private files: the private part of a DNSSEC key as text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "keymgmt/key_file.h"

namespace sesam::keymgmt {

/// Whether the text is that of such a file.
bool is_bind_key_file(std::string_view text) noexcept;

/// Reads the EC key in it. If the K*.key file is in the same directory, its public key must match. Raises
/// key_file_unusable, and unsupported_key for RSA and other algorithms; error messages contain nothing of the
/// key.
Result<EcKeyFile> read_bind_key_file(const std::string& path, const Secret& text);

}  // namespace sesam::keymgmt
