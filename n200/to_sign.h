// SPDX-License-Identifier: Apache-2.0
// A signature, as the device is asked for it and as it comes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "n200/operation.h"

namespace sesam::n200 {

/// What is to be signed, and how.
struct ToSign {
  Operation operation = Operation::ec_sign;  ///< ec_sign or rsa_sign
  std::span<const unsigned char> digest;
  std::string_view padding{};     ///< RSA: the device's word, "PKCS1" or "PSS"
  std::string_view hash_name{};   ///< RSA: the device's word for the digest, "SHA256"
  std::string_view salt_bytes{};  ///< PSS: decimal

  /// For people: "ECDSA SHA256", "RSA PSS SHA256".
  std::string scheme() const;
};

/// A signature that the device made, as far as it is to be trusted.
struct Signed {
  std::size_t node = 0;        ///< which one of `urls` made it
  bool should_verify = false;  ///< it must not be released before Device::note_verdict
  Operation operation = Operation::ec_sign;
  std::uint8_t writing = 0;  ///< SignatureWriting::code() of one that is not the configured one, else 0
};

}  // namespace sesam::n200
