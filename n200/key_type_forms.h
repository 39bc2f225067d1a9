// SPDX-License-Identifier: Apache-2.0
// The device's types of keys, as typed values and in the words of different devices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sesam::n200 {

/// n200.md: key_type.
enum class KeyFamily : std::uint8_t { nist, brainpool, rsa, symmetric };
std::string_view word_of(KeyFamily family) noexcept;
/// Nothing for a word that n200.md does not have.
std::optional<KeyFamily> family_of(std::string_view word) noexcept;

struct KeyTypeWord {
  std::string type;   ///< as n200.md has it: "NIST", "BRAINPOOL", "RSA", "SYM"; any other word as it is
  unsigned bits = 0;  ///< that the word names; 0: none
};

/// "nist", "NIST256", "P-256", "secp256r1", "prime256v1", "brainpoolP256r1", "RSA-2048", "AES256" ...
KeyTypeWord key_type_of(std::string_view word);

/// A word for elliptic curves that does not say which family.
bool is_any_curve(std::string_view type);

}  // namespace sesam::n200
