// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "n200/exchanger.h"

namespace sesam::n200 {

/// Fills `out`, at most `request_bytes` a request. As Device::random().
Result<void> random(Exchanger& exchanger, std::span<unsigned char> out, std::size_t request_bytes);

}  // namespace sesam::n200
