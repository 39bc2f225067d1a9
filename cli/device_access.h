// SPDX-License-Identifier: Apache-2.0
// Whether the user may send requests to the device.
#pragma once

#include "base/result.h"
#include "n200/device.h"

namespace sesam::cli {

/// The device denied access: user, password or access rules.
bool is_denial(Reason reason) noexcept;

/// Signs with a key that no device has, which changes nothing. How the device refuses it shows whether
/// requests by POST are authorized, and whether it has the core: unknown_key if both are so.
Result<void> sign_with_absent_key(n200::Device& device, unsigned core);

}  // namespace sesam::cli
