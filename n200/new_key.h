// SPDX-License-Identifier: Apache-2.0
// A key that the device is asked to generate or to import.
#pragma once

#include <string>
#include <string_view>

#include "base/hex.h"
#include "base/secret.h"
#include "n200/operation.h"

namespace sesam::n200 {

/// A key to generate or import.
struct NewKey {
  Operation operation = Operation::ec_generate;  ///< ec_generate or rsa_generate
  std::string_view curve_type{};                 ///< EC: the device's word, "NIST" or "BRAINPOOL"
  unsigned bits = 0;
  unsigned core = 1;
  std::string acl;
  std::string nice_name;
  Secret pin;  ///< empty: none is sent
};

/// A key pair on an EC curve from outside the device.
struct EcKeyPair {
  Secret scalar;     ///< the private part, big-endian, as long as the curve's field
  Bytes public_key;  ///< X‖Y, each as long as the field
};

}  // namespace sesam::n200
