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
  std::string hex;  ///< the digest itself instead, in hexadecimal
  bool pss = false;
  bool raw = false;  ///< ECDSA: r‖s instead of DER
};

void add_message_options(CLI::App& command, Message& message);

/// The digest to sign: as given, or of the file. Raises bad_argument, unsupported_digest.
Result<Bytes> digest_of(const Message& message);

/// Opens a key that was found; with its PIN if `to_sign`. Raises what store::open_key raises.
Result<std::shared_ptr<const keymgmt::KeyData>> open_found_key(const std::shared_ptr<n200::Device>& device,
                                                               const FoundKey& found, bool to_sign);

/// Finds and opens the key; if `to_sign`, with its PIN, for which it prompts if the URI has pin-source=ask:.
/// Raises what find_key and store::open_key raise.
Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const std::shared_ptr<n200::Device>& device,
                                                         const std::string& name, bool to_sign);

/// Signs with the private key by the provider's own code. Returns OpenSSL's form (ECDSA: DER). Raises what
/// Signature::sign raises, and bad_argument for options that do not fit the key.
Result<Bytes> sign_digest(keymgmt::Key& key, const Message& message, const Bytes& digest);

/// Whether this is a signature of the key over the digest, in the same form. Raises the same.
Result<bool> verify_digest(keymgmt::Key& key, const Message& message, const Bytes& digest,
                           const Bytes& signature);

}  // namespace sesam::cli
