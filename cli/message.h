// SPDX-License-Identifier: Apache-2.0
// What `sesam sign` and `sesam verify` have in common: what is signed, and by which scheme.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/hex.h"
#include "base/result.h"
#include "cli/key_name.h"
#include "keymgmt/key.h"
#include "signature/signature.h"

namespace sesam::cli {

struct Message {
  std::string key;
  std::string digest = "SHA256";
  std::string in;   ///< the file to hash; empty: stdin
  std::string hex;  ///< the digest itself, instead
  bool pss = false;
  bool raw = false;  ///< ECDSA: r‖s instead of DER
};

void add_message_options(CLI::App& command, Message& message);

/// The digest to sign: as given, or of the file. Raises bad_argument, unsupported_digest.
Result<Bytes> digest_of(const Message& message);

/// Opens a key that was found; where it is to sign, with its PIN. Raises what store::open_key raises.
Result<std::shared_ptr<const keymgmt::KeyData>> open_found_key(const std::shared_ptr<n200::Device>& device,
                                                               const FoundKey& found, bool to_sign);

/// Finds and opens the key; where it is to sign, with its PIN, for which a terminal is asked if its URI says
/// so. Raises what find_key and store::open_key raise.
Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const std::shared_ptr<n200::Device>& device,
                                                         const std::string& name, bool to_sign);

/// A signature of the private key in OpenSSL's form, by the provider's own code. Raises what
/// Signature::sign raises, and bad_argument for options that do not fit the key.
Result<Bytes> sign_digest(keymgmt::Key& key, const Message& message, const Bytes& digest);

/// Whether this is a signature of the key over the digest. Raises the same.
Result<bool> verify_digest(keymgmt::Key& key, const Message& message, const Bytes& digest,
                           const Bytes& signature);

}  // namespace sesam::cli
