// SPDX-License-Identifier: Apache-2.0
// Looks for a signature in a reply of unknown form.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "n200/wire.h"

namespace sesam::cli::discover {

/// What a signature is over.
enum class Match : std::uint8_t {
  none,
  digest,
  hash_of_digest,  ///< the device hashes what it is sent: no command to sign digests with
};

/// Verifies an EC signature as r‖s, an RSA signature as it is.
using Check = std::function<Match(std::span<const unsigned char> signature)>;

struct FoundSignature {
  Match match = Match::none;      ///< none: has the form of a signature, but is not one of this digest
  std::vector<std::string> path;  ///< names of members; empty where the reply is no JSON object
  bool can_be_written = true;     ///< as the reply of a wire row
  n200::SignatureForm form = n200::SignatureForm::p1363;
  n200::Encoding encoding = n200::Encoding::hex;

  /// "result.signature:der:base64".
  std::string row() const;
};

/// The first text anywhere in the reply that decodes (hexadecimal or base64) to a signature that verifies;
/// else the first that has the form of one. `bytes`: the length of r‖s or of the modulus.
std::optional<FoundSignature> find_signature(std::string_view body, n200::SignatureForm plain,
                                             std::size_t bytes, const Check& check);

}  // namespace sesam::cli::discover
