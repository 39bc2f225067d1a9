// SPDX-License-Identifier: Apache-2.0
// The words that matter in a device's text of an error, in any spelling.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sesam::n200 {

/// What is said, and of what. What is not here is `other`.
enum class Word : std::uint8_t {
  other,
  // said
  wrong,
  failed,  // may be said of the whole request
  unknown,
  unsupported,
  missing,
  no,
  locked,
  denied,
  error,
  // of what
  pin,
  key,
  command,
  core,
  login,
  access,
  // after "key": then it is not the key that is meant
  kind,
  identifier,
  given,
};

/// The text's words in their order, "not" drawn to the word that it denies.
std::vector<Word> known_words(std::string_view text);

}  // namespace sesam::n200
