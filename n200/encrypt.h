// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "n200/exchanger.h"

namespace sesam::n200 {

/// As Device::encrypt() and Device::decrypt().
Result<Bytes> encrypt(Exchanger& exchanger, const KeyHandle& key, std::span<const unsigned char> plain);
Result<Secret> decrypt(Exchanger& exchanger, const KeyHandle& key, std::span<const unsigned char> cipher);

}  // namespace sesam::n200
