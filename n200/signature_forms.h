// SPDX-License-Identifier: Apache-2.0
// The forms in which a device can write a signature, distinguished by length and structure.
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
  bool elsewhere = false;  ///< not at the wire row's reply path

  /// Converts to a number other than 0, and back.
  std::uint8_t code() const noexcept {
    return static_cast<std::uint8_t>(kIsCode | (elsewhere ? kIsElsewhere : 0) |
                                     static_cast<int>(form) << kFormShift | static_cast<int>(encoding));
  }
  static SignatureWriting of_code(std::uint8_t code) noexcept {
    return {static_cast<SignatureForm>(code >> kFormShift & kFieldMask),
            static_cast<Encoding>(code & kFieldMask), (code & kIsElsewhere) != 0};
  }
  bool operator==(const SignatureWriting&) const = default;

 private:
  static constexpr int kIsCode = 0x80;
  static constexpr int kIsElsewhere = 0x40;
  static constexpr int kFormShift = 3;
  static constexpr int kFieldMask = 7;
  // The last enumerators.
  static_assert(static_cast<int>(SignatureForm::raw) <= kFieldMask);
  static_assert(static_cast<int>(Encoding::text) <= kFieldMask);
};

/// Reads this writing into `out`, whose size must be that of the signature: r‖s, or that of the modulus.
bool read_signature(std::string_view text, SignatureWriting writing, std::span<unsigned char> out);

/// Reads any writing, and returns which it was: hexadecimal of either case, with "0x", blanks, colons or line
/// breaks; base64 in either alphabet, padded or not; for an EC signature, r‖s or DER. Returns nullopt if none
/// has the size of `out`. The form does not prove that it is a signature: verify it.
std::optional<SignatureWriting> recognise_signature(std::string_view text, bool is_ec,
                                                    std::span<unsigned char> out);

/// As in the reply of a wire_... row: "p1363:hex".
std::string_view name_of(SignatureWriting writing) noexcept;

}  // namespace sesam::n200
