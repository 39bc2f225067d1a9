// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "n200/exchanger.h"

namespace sesam::n200 {

/// As Device::timestamp().
Result<std::chrono::sys_seconds> timestamp(Exchanger& exchanger);

}  // namespace sesam::n200
