// SPDX-License-Identifier: Apache-2.0
// The device's key types, as typed values and in the spellings of different devices.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sesam::n200 {

/// n200.md: key_type.
enum class KeyFamily : std::uint8_t { nist, brainpool, rsa, symmetric };
std::string_view word_of(KeyFamily family) noexcept;
/// Returns nullopt for a word that is not in n200.md.
std::optional<KeyFamily> family_of(std::string_view word) noexcept;

struct KeyTypeWord {
  std::string type;   ///< "NIST", "BRAINPOOL", "RSA", "SYM" (n200.md), "EC"; any other word unchanged
  unsigned bits = 0;  ///< the size that the word contains; 0: none
};

/// Reads "nist", "NIST256", "P-256", "secp256r1", "prime256v1", "brainpoolP256r1", "RSA-2048", "AES256" ...
KeyTypeWord key_type_of(std::string_view word);

/// Whether the type is "EC": an elliptic curve of an unknown family.
bool is_any_curve(std::string_view type);

}  // namespace sesam::n200
