// SPDX-License-Identifier: Apache-2.0
// The request for a signature, and its result.
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

  /// For display: "ECDSA SHA256", "RSA PSS SHA256".
  std::string scheme() const;
};

/// How the device made a signature, and whether it may be released.
struct Signed {
  std::size_t node = 0;        ///< index in `urls` of the node that made it
  bool should_verify = false;  ///< do not release it before Device::note_verdict()
  Operation operation = Operation::ec_sign;
  std::uint8_t writing = 0;  ///< SignatureWriting::code(); 0: the configured writing
};

}  // namespace sesam::n200
