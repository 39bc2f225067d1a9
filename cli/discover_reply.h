// SPDX-License-Identifier: Apache-2.0
// Finds a signature in a reply of unknown format.
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

/// What a signature was made over.
enum class Match : std::uint8_t {
  none,
  digest,
  hash_of_digest,  ///< the device hashes its input, so the command cannot sign digests
};

/// Verifies a signature: EC as r‖s, RSA as it is.
using Check = std::function<Match(std::span<const unsigned char> signature)>;

struct FoundSignature {
  Match match = Match::none;      ///< none: has the form of a signature, but does not verify
  std::vector<std::string> path;  ///< names of members; empty if the reply is not a JSON object
  bool can_be_written = true;     ///< a wire row can describe the reply
  n200::SignatureForm form = n200::SignatureForm::p1363;
  n200::Encoding encoding = n200::Encoding::hex;

  /// "result.signature:der:base64".
  std::string row() const;
};

/// The first text anywhere in the reply that decodes (hexadecimal or base64) to a signature that verifies;
/// otherwise the first that has the form of one. `bytes`: the length of r‖s or of the modulus.
std::optional<FoundSignature> find_signature(std::string_view body, n200::SignatureForm plain,
                                             std::size_t bytes, const Check& check);

}  // namespace sesam::cli::discover
