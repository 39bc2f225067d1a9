// SPDX-License-Identifier: Apache-2.0
// The words that matter in a device's error text, in any spelling.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sesam::n200 {

/// Predicates and their subjects. Any other word is `other`.
enum class Word : std::uint8_t {
  other,
  // predicates
  wrong,
  failed,  // may be about the whole request
  unknown,
  unsupported,
  missing,
  no,
  locked,
  denied,
  error,
  // subjects
  pin,
  key,
  command,
  core,
  login,
  access,
  // after "key": the text is then not about the key itself
  kind,
  identifier,
  given,
};

/// The words of the text, in order; each negation is merged with the word that it negates.
std::vector<Word> known_words(std::string_view text);

}  // namespace sesam::n200
