// SPDX-License-Identifier: Apache-2.0
// A private key in a file, to be imported into the device.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "n200/curves.h"
#include "n200/new_key.h"

namespace sesam::keymgmt {

struct EcKeyFile {
  const n200::Curve* curve;
  n200::EcKeyPair pair;
};

/// Gives the passphrase of a file. Raises what it likes.
using Passphrase = std::function<Result<Secret>()>;

/// Reads a private EC key: PEM or DER, PKCS#8 or SEC 1, or BIND's K*.private. Without `passphrase` one that
/// is encrypted is refused; with it, it may be a PEM file that is. Both its parts are checked. Raises
/// key_file_unusable, unsupported_key, not_offered for RSA, and what `passphrase` raises; messages hold
/// nothing of the key.
Result<EcKeyFile> read_ec_key_file(const std::string& path, const Passphrase& passphrase = {});

/// That keys of this type (OpenSSL's name) cannot be imported.
Error cannot_be_imported(const std::string& path, const char* type);

}  // namespace sesam::keymgmt
