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

/// The EC key in it. Where the K*.key file lies beside it, its public key must be the one that belongs to the
/// private one. Raises key_file_unusable, unsupported_key, not_offered for RSA; messages hold nothing of the
/// key.
Result<EcKeyFile> read_bind_key_file(const std::string& path, const Secret& text);

}  // namespace sesam::keymgmt
