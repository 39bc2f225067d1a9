// SPDX-License-Identifier: Apache-2.0
// Reads a private key from a file, to be imported into the device.
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

/// Returns the passphrase of a file. May raise any error.
using Passphrase = std::function<Result<Secret>()>;

/// Reads a private EC key: PEM or DER, PKCS#8 or SEC 1, or BIND's K*.private. An encrypted PEM file needs
/// `passphrase`. Both parts of the key are checked. Raises bad_argument if the file cannot be read,
/// key_file_unusable, unsupported_key for RSA and other curves, and what `passphrase` raises; error messages
/// contain nothing of the key.
Result<EcKeyFile> read_ec_key_file(const std::string& path, const Passphrase& passphrase = {});

/// The unsupported_key error for a file with a key of this type (OpenSSL's name), which cannot be imported.
Error cannot_be_imported(const std::string& path, const char* type);

}  // namespace sesam::keymgmt
