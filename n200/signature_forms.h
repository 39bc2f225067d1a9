// SPDX-License-Identifier: Apache-2.0
// The forms in which a device can write a signature, told apart by length and shape.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "n200/wire.h"

namespace sesam::n200 {

/// How one signature was written.
struct SignatureWriting {
  SignatureForm form = SignatureForm::p1363;
  Encoding encoding = Encoding::hex;
  bool elsewhere = false;  ///< not where the reply's wire row says

  /// As a number other than 0, and back.
  std::uint8_t code() const noexcept {
    return static_cast<std::uint8_t>(0x80 | (elsewhere ? 0x40 : 0) | static_cast<int>(form) << 3 |
                                     static_cast<int>(encoding));
  }
  static SignatureWriting of_code(std::uint8_t code) noexcept {
    return {static_cast<SignatureForm>(code >> 3 & 7), static_cast<Encoding>(code & 7), (code & 0x40) != 0};
  }
  bool operator==(const SignatureWriting&) const = default;
};

/// Reads exactly this writing into `out`, whose size says what is expected: r‖s, or as long as the modulus.
bool read_signature(std::string_view text, SignatureWriting writing, std::span<unsigned char> out);

/// Reads any writing, and says which it was: hexadecimal of either case, with "0x", blanks, colons or line
/// breaks; base64 in either alphabet, padded or not; of an EC signature r‖s or DER. Nothing if it is none of
/// that size. That it has a signature's form does not make it one: verify it.
std::optional<SignatureWriting> recognise_signature(std::string_view text, bool is_ec,
                                                    std::span<unsigned char> out);

/// As the reply of a wire_... row says it: "p1363:hex".
std::string_view name_of(SignatureWriting writing) noexcept;

}  // namespace sesam::n200
