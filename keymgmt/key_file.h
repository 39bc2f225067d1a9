// SPDX-License-Identifier: Apache-2.0
// A private key in a file, to be imported into the device.
#pragma once

#include <string>

#include "base/result.h"
#include "keymgmt/curves.h"
#include "n200/device.h"

namespace sesam::keymgmt {

struct EcKeyFile {
  const Curve* curve;
  n200::EcKeyPair pair;
};

/// Reads a private EC key: PEM or DER, PKCS#8 or SEC 1, without a passphrase. Both its parts are checked.
/// Raises key_file_unusable, unsupported_key; messages hold nothing of the key.
Result<EcKeyFile> read_ec_key_file(const std::string& path);

}  // namespace sesam::keymgmt
