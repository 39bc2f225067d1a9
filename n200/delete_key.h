// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "n200/exchanger.h"

namespace sesam::n200 {

/// As Device::remove().
Result<void> delete_key(Exchanger& exchanger, const KeyHandle& key);

}  // namespace sesam::n200
