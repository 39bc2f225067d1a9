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

/// Finds and opens the key; where it is to sign, with its PIN, for which a terminal is asked if its URI says
/// so. Raises what find_key and store::open_key raise.
Result<std::shared_ptr<const keymgmt::KeyData>> open_key(const std::shared_ptr<n200::Device>& device,
                                                         const std::string& name, bool to_sign);

/// A context of the provider's signatures, set as the message says. Raises what Signature::sign_init and
/// verify_init raise.
Result<void> begin(signature::Signature& context, keymgmt::Key& key, const Message& message);

}  // namespace sesam::cli
