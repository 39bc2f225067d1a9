// SPDX-License-Identifier: Apache-2.0
// Whether the user may send requests to the device.
#pragma once

#include "base/result.h"
#include "n200/device.h"

namespace sesam::cli {

/// Whether the device denied access, because of user, password or access rules.
bool is_denial(Reason reason) noexcept;

/// Signs with a key that no device has, which changes nothing. The error shows whether POST requests are
/// authorized and whether the device has the core: unknown_key if both is the case.
Result<void> sign_with_absent_key(n200::Device& device, unsigned core);

}  // namespace sesam::cli
