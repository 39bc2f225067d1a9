// SPDX-License-Identifier: Apache-2.0
// The operations that the device performs.
#pragma once

#include <cstdint>

namespace sesam::n200 {

/// Each has one row in the wire table (wire.h).
enum class Operation : std::uint8_t {
  ec_sign,
  rsa_sign,
  find_key,
  list_keys,
  ec_generate,
  rsa_generate,
  timestamp,
  ec_import,
  random,
  remove,
  encrypt,
  decrypt,
  count
};

}  // namespace sesam::n200
